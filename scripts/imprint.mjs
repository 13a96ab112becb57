// `npm run -s imprint -- …`: the core at the command line. Stdout is for results alone: whatever is said by the way goes to stderr.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT, RUN_TOOLS, SetupError, checkNode, installTools } from './setup.mjs';

const FAILED = 1;
const BUG = 70;

// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : FAILED));
process.stderr.on('error', () => undefined);

function packagesIn(lock) {
  try {
    return JSON.parse(fs.readFileSync(path.join(ROOT, lock), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** Whether what is needed to run is installed as the lock says, by whomever: npm keeps a list beside the packages. */
function packagesFit() {
  const installed = packagesIn('node_modules/.package-lock.json');
  const fits = ([at, { version, dev, optional, devOptional }]) => at === '' || (installed[at] ? installed[at].version === version : Boolean(dev || optional || devOptional));
  return Object.entries(packagesIn('package-lock.json')).every(fits);
}

/** npm talks on stdout, so a process of its own runs it, whose stdout is our stderr. */
function install() {
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, 'cli', 'install.mjs')], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(FAILED);
}

try {
  checkNode();
  if (!packagesFit()) install();
  // Images are made of snaps, and those are read by system tools.
  if (process.argv[2] === 'image' && !process.argv.includes('--help')) await installTools(RUN_TOOLS, { say: console.error });
  // npm runs this in the project's folder and tells where the person was.
  const folder = (process.env.npm_lifecycle_event === 'imprint' && process.env.INIT_CWD) || process.cwd();
  // Settings of TypeScript that lie where the person is are not ours.
  process.chdir(ROOT);
  const { register } = await import('tsx/esm/api');
  register();
  const { main } = await import('./cli/main.ts');
  process.exitCode = await main(process.argv.slice(2), folder);
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = error instanceof SetupError ? FAILED : BUG;
}
