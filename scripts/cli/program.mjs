// The command line as one file, bundled again when a source or a package has changed, beside it what V8 compiled of it.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { SourceMap, createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { ROOT } from '../setup.mjs';
import { LOCKS } from './packages.mjs';

const FOLDER = path.join(ROOT, 'node_modules/.cache/imprint/cli');
const FILE = path.join(FOLDER, 'main.cjs');
/** What decides about the bundle beside the sources in it. */
const SETTINGS = ['tsconfig.json', 'package.json', 'scripts/bundle.mjs', 'scripts/cli/program.mjs'];
/** Behind it, in the same file, stands the record of what the bundle was made of. */
const FOOT = '}) //';

/** The bundle of an earlier start, unless anything that it was made of has changed since. */
export function findProgram() {
  const kept = readIfThere(FILE, 'latin1') ?? '';
  const end = kept.lastIndexOf(FOOT) + FOOT.length;
  const { id, root, inputs } = parseRecord(kept.slice(end));
  if (root !== ROOT || Object.entries(inputs).some(([file, identity]) => identityOf(file) !== identity)) return undefined;
  return openProgram(kept.slice(0, end), id);
}

function parseRecord(text) {
  try {
    return JSON.parse(text);
  } catch {
    // There is none, or it is another version's.
    return {};
  }
}

/** Bundles the command line. */
export async function makeProgram() {
  const { bundle } = await import('../bundle.mjs');
  const startedAt = Date.now();
  const { outputFiles, metafile } = await bundle('scripts/cli/main.ts', {
    outfile: FILE,
    write: false,
    format: 'cjs',
    metafile: true,
    sourcemap: 'external',
    sourcesContent: false,
    legalComments: 'none',
    banner: { js: '(function (require, module) {' },
    footer: { js: FOOT },
  });
  const [map, text] = outputFiles.map((file) => file.text.trimEnd());
  const code = inAscii(text);
  const id = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const sources = Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules/'));
  const inputs = Object.fromEntries([...LOCKS, ...SETTINGS, ...sources].map((file) => [file, identityOf(file)]));
  // What was changed meanwhile may or may not be in it.
  const isSettled = sources.every((file) => statOf(file)?.ctimeMs < startedAt);
  const record = JSON.stringify({ id, root: ROOT, inputs });
  if (isSettled) keep({ [`${FILE}.map`]: map, [FILE]: code + record });
  return openProgram(code, id);
}

function openProgram(code, id) {
  const compiledFile = path.join(FOLDER, `${id}-${process.version}-${process.arch}.compiled`);
  const cachedData = readIfThere(compiledFile);
  const script = new vm.Script(code, { filename: FILE, cachedData });
  const own = { exports: {} };
  script.runInThisContext()(createRequire(path.join(ROOT, 'package.json')), own);
  const { main, COMMANDS } = own.exports;

  /** For the next start, once this one has done its work. */
  async function keepCompiled() {
    if (cachedData !== undefined && !script.cachedDataRejected) return;
    for (const load of Object.values(COMMANDS)) await load();
    const isOutdated = (name) => name.endsWith('.compiled') && !name.startsWith(id);
    keep({ [compiledFile]: script.createCachedData() }, isOutdated);
  }
  return { main, keepCompiled };
}

/** What esbuild leaves as it is stands in regular expressions. A file of single bytes is the fastest to load. */
function inAscii(code) {
  return code.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Whole files only: several commands may start at once. Where nothing can be kept, every start makes its own. */
function keep(files, isOutdated = () => false) {
  try {
    fs.mkdirSync(FOLDER, { recursive: true });
    for (const [file, content] of Object.entries(files)) {
      const part = `${file}.${process.pid}`;
      fs.writeFileSync(part, content);
      fs.renameSync(part, file);
    }
    for (const name of fs.readdirSync(FOLDER).filter(isOutdated)) fs.rmSync(path.join(FOLDER, name), { force: true });
  } catch (error) {
    if (error.syscall === undefined) throw error;
  }
}

function readIfThere(file, encoding) {
  try {
    return fs.readFileSync(file, encoding);
  } catch (error) {
    if (error.syscall === undefined) throw error;
    return undefined;
  }
}

const statOf = (file) => fs.statSync(path.join(ROOT, file), { throwIfNoEntry: false });

function identityOf(file) {
  const { ino, size, mtimeMs, ctimeMs } = statOf(file) ?? {};
  return [ino, size, mtimeMs, ctimeMs].join(' ');
}

/** Has the stack of a fault name the sources. */
export function nameSources(error) {
  const json = readIfThere(`${FILE}.map`, 'utf8');
  if (!(error instanceof Error) || json === undefined) return error;
  const map = new SourceMap(JSON.parse(json));
  const [head, ...places] = error.stack.split(`${FILE}:`);
  const nameIn = (place) => place.replace(/^(\d+):(\d+)/, (_, line, column) => sourceAt(map, line, column));
  error.stack = head + places.map(nameIn).join('');
  return error;
}

function sourceAt(map, line, column) {
  const { originalSource, originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
  if (originalSource === undefined) return `${FILE}:${line}:${column}`;
  return `${path.resolve(FOLDER, originalSource)}:${originalLine + 1}:${originalColumn + 1}`;
}
