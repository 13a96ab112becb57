import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { link, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Headers } from '../../../lib/assertion/assertion';
import { decodeAssertion } from '../../../lib/assertion/decode';
import { encodeStream } from '../../../lib/assertion/encode';
import { toBase64Url } from '../../../lib/bytes';
import { signAssertion } from '../../../lib/keys/sign';
import type { SigningKey } from '../../../lib/keys/signing-key';
import { makeSet, stubId, type MadeSet, type StubSet } from '../../../lib/prepare/testing/make-set';
import { STUB_SETS } from '../../../lib/prepare/testing/stub-sets';
import { runCommand } from '../command';
import { imageBuild } from '../image-build';
import type { Terminal } from '../terminal';
import { openTerminal } from '../terminal';

const run = promisify(execFile);
const TIME = '2026-01-01T00:00:00Z';

/** How a build is made hostile; all of it is signed as its author could have it signed. */
export type Hostile = {
  /** Changes the unpacked snap before it is packed. */
  gadget?: (tree: string) => unknown;
  kernel?: (tree: string) => unknown;
  /** Changes gadget.yaml. */
  yaml?: (text: string) => string;
  /** More options of mksquashfs for the snap that is changed. */
  squash?: string[];
  /** Changes the packed snap. */
  bytes?: (snap: Buffer) => void;
  /** Headers of the model that are other. */
  model?: Headers;
  /** Headers of the gadget's declaration that are other. */
  declaration?: Headers;
  /** Where the snaps come from, in place of the folder. */
  store?: string;
  /** More arguments of the command; files that they name are made in `folder`. */
  args?: (folder: string, made: Made) => Promise<string[]> | string[];
  /** Done to a file of `snaps/` once it was hashed, before its digest is known to anybody. */
  onceHashed?: { snap: string; change: (file: string) => Promise<void> };
};

/** Told of each file that was hashed; a test makes the hasher do so. */
export let afterHash = async (_file: string): Promise<void> => undefined;

export type Made = { brandKey: SigningKey; storeKey: SigningKey };
export type Outcome = { code: string; message: string; /** What the command wrote. */ said: string[]; out: string; /** What is new or other outside of `out`. */ strayed: string[]; processes: string[] };

export type Workbench = { build(hostile: Hostile): Promise<Outcome>; folder: string; close(): Promise<void> };

/** For tests: `image build` of a small set of snaps, one of which is hostile, in this process, and what it left on this machine. */
export async function openWorkbench(base: StubSet = STUB_SETS['uc22-signed']): Promise<Workbench> {
  const folder = await mkdtemp(path.join(tmpdir(), 'imprint-hostile-'));
  const set = await makeSet(path.join(folder, 'set'), base);
  let count = 0;
  return {
    folder,
    async build(hostile) {
      count += 1;
      const here = path.join(folder, `case-${count}`);
      const args = await prepare(here, set, hostile);
      return buildIn(here, args, hostile);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

async function prepare(here: string, set: MadeSet, hostile: Hostile): Promise<string[]> {
  for (const name of ['snaps', 'assertions', 'tmp', 'beside/etc']) await mkdir(path.join(here, name), { recursive: true });
  // What a path that leads out of the image would meet first.
  await writeFile(path.join(here, 'beside/etc/passwd'), 'root:x:0:0:SENTINEL\n');
  await link(path.join(set.assertions, 'all.assert'), path.join(here, 'assertions/all.assert'));
  const changed = new Map([['pc', hostile.gadget ?? hostile.yaml ?? (hostile.kernel ? undefined : (hostile.bytes ?? hostile.squash))], ['pc-kernel', hostile.kernel]]);
  for (const file of await readdir(set.snaps)) {
    const name = file.split('_')[0]!;
    if (changed.get(name) === undefined) await link(path.join(set.snaps, file), path.join(here, 'snaps', file));
    else await remake(here, path.join(set.snaps, file), name, set, hostile);
  }
  let model = set.model;
  if (hostile.model) {
    model = path.join(here, 'M.model');
    const { headers } = decodeAssertion(new Uint8Array(await readFile(set.model)));
    const own = Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'sign-key-sha3-384' && name !== 'body-length'));
    await writeFile(model, encodeStream([await signAssertion({ headers: { ...own, ...hostile.model }, key: set.brandKey, time: new Date(TIME), minimumBits: 1024 })]));
  }
  const source = hostile.store === undefined ? ['--snaps', path.join(here, 'snaps'), '--assertions', path.join(here, 'assertions')] : ['--store', hostile.store];
  return ['--model', model, ...source, '--trusted', set.roots, ...((await hostile.args?.(here, set)) ?? [])];
}

/** A snap with other bytes, and what the store signs about them: its origin, not its good will. */
async function remake(here: string, original: string, name: string, set: MadeSet, { gadget, kernel, yaml, bytes, squash = [], declaration }: Hostile): Promise<void> {
  const tree = path.join(here, 'tree');
  await run('unsquashfs', ['-quiet', '-no-progress', '-no-xattrs', '-d', tree, original]);
  const yamlFile = path.join(tree, 'meta/gadget.yaml');
  if (name === 'pc' && yaml) await writeFile(yamlFile, yaml(await readFile(yamlFile, 'utf8')));
  await (name === 'pc' ? gadget : kernel)?.(tree);
  const file = path.join(here, 'snaps', path.basename(original));
  await run('mksquashfs', [tree, file, '-noappend', '-quiet', '-no-progress', '-no-xattrs', '-all-root', ...squash]);
  await rm(tree, { recursive: true, force: true });
  const content = await readFile(file);
  bytes?.(content);
  await writeFile(file, content);
  const sign = (headers: Headers) => signAssertion({ headers: { 'authority-id': 'canonical', timestamp: TIME, ...headers }, key: set.storeKey, time: new Date(TIME), minimumBits: 1024 });
  const signed = [await sign({ type: 'snap-revision', 'snap-sha3-384': toBase64Url(createHash('sha3-384').update(content).digest()), 'snap-id': stubId(name), 'snap-size': String(content.length), 'snap-revision': '99', 'developer-id': 'canonical' })];
  if (declaration) signed.push(await sign({ type: 'snap-declaration', revision: '1', series: '16', 'snap-id': stubId(name), 'snap-name': name, 'publisher-id': 'canonical', ...declaration }));
  await writeFile(path.join(here, 'assertions/hostile.assert'), encodeStream(signed));
}

async function buildIn(here: string, args: string[], { onceHashed }: Hostile): Promise<Outcome> {
  const said: string[] = [];
  const terminal: Terminal = { ...openTerminal(here), write: async (part) => void said.push(Buffer.from(part).toString()), say: (line) => void said.push(line) };
  const out = path.join(here, 'out');
  let before = await snapshot(here);
  const variables = { TMPDIR: process.env['TMPDIR'], XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] };
  Object.assign(process.env, { TMPDIR: path.join(here, 'tmp'), XDG_CACHE_HOME: path.join(here, 'cache') });
  const outcome: { code: string; message: string } = { code: 'built', message: '' };
  try {
    const whole = [...args, '--out', out, '--format', 'qcow2'];
    afterHash = async (file) => {
      if (path.basename(file) !== onceHashed?.snap) return;
      afterHash = async () => undefined;
      await onceHashed.change(file);
      before = await snapshot(here);
    };
    await runCommand(imageBuild, whole, terminal);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    Object.assign(outcome, { code: String(error.code), message: error.message });
  } finally {
    for (const [name, value] of Object.entries(variables)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
  const after = await snapshot(here);
  // Digests that are remembered belong to whoever runs the command.
  const strayed = [...new Set([...before.keys(), ...after.keys()])].filter((name) => before.get(name) !== after.get(name) && !/^(?:out|cache)(?:\/|$)/.test(name));
  return { ...outcome, said, out, strayed, processes: await processesThatName(here) };
}

/** Every file below a folder as its kind, mode, size and content. */
export async function snapshot(folder: string): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const { mode, size } = await lstat(file);
    const content = entry.isFile() ? createHash('sha256').update(await readFile(file)).digest('hex') : entry.isSymbolicLink() ? await readlink(file) : '';
    found.set(path.relative(folder, file), `${mode} ${entry.isDirectory() ? '' : size} ${content}`);
  }
  return found;
}

/** Command lines of processes that have something to do with a folder: a sandbox names the file that it holds. */
async function processesThatName(folder: string): Promise<string[]> {
  const numbers = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const lines = await Promise.all(numbers.map((number) => readFile(`/proc/${number}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(folder)).map((line) => line.replaceAll('\0', ' '));
}
