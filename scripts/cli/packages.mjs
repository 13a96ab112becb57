// Installs the packages that the command line runs with, unless they are there. Node builtins only.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { ROOT } from '../setup.mjs';

function packagesIn(lock) {
  try {
    return JSON.parse(fs.readFileSync(path.join(ROOT, lock), 'utf8')).packages;
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

/** What is wanted, and npm's own list of what is there, by whomever it was installed. */
export const LOCKS = ['package-lock.json', 'node_modules/.package-lock.json'];

function packagesFit() {
  const [wanted, installed] = LOCKS.map(packagesIn);
  return Object.entries(wanted).every(([at, { version, dev, optional, devOptional }]) => {
    if (at === '') return true;
    return installed[at] ? installed[at].version === version : Boolean(dev || optional || devOptional);
  });
}

/** False when npm could not; it says why. npm talks on stdout, so that a process runs it whose stdout is our stderr. */
export function installMissingPackages() {
  if (packagesFit()) return true;
  const script = path.join(import.meta.dirname, 'install.mjs');
  return spawnSync(process.execPath, [script], { stdio: ['ignore', 2, 2] }).status === 0;
}
