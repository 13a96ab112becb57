// Starts the build worker from one file, made of its TypeScript on the spot: compiling each file as it is loaded, as tsx does, keeps some 50 MB of a compiler for as long as the worker runs.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../../scripts/bundle.mjs';

// Below node_modules, so that it finds the packages.
const FOLDER = path.join(import.meta.dirname, '../../node_modules/.cache/imprint');

const file = path.join(FOLDER, `worker-${process.pid}.mjs`);
await mkdir(FOLDER, { recursive: true });
try {
  await bundle('workers/build/main.ts', { outfile: file, format: 'esm', packages: 'external' });
  await import(pathToFileURL(file).href);
} finally {
  await rm(file, { force: true });
}
