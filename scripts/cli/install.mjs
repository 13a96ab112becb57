// Installs the packages for the command line, one process at a time: several commands may start together in a fresh clone. Node builtins only.
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { takeLock } from '../instance-lock.mjs';
import { ROOT, SetupError, installPackages, stopRunning } from '../setup.mjs';

const LOOK_AGAIN_MS = 300;
// Beside the project's own folders: npm ci empties node_modules, and the project may hold nothing else that git does not know.
const file = path.join(tmpdir(), `imprint-install-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}.lock`);

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stopRunning);

async function takeTurn() {
  for (let first = true; ; first = false) {
    const { release } = takeLock(file, ROOT);
    if (release) return release;
    if (first) console.error('Another command installs the packages; waiting for it');
    await sleep(LOOK_AGAIN_MS);
  }
}

let release;
try {
  release = await takeTurn();
  await installPackages((line) => console.error(line));
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
} finally {
  release?.();
}
