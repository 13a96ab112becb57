// Starts the build worker from one file, made of its TypeScript on the spot: compiling each file as it is loaded, as tsx does, keeps some 50 MB of a compiler for as long as the worker runs.
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';

const MAIN = path.join(import.meta.dirname, 'main.ts');
// Below node_modules, so that it finds the packages.
const FOLDER = path.join(import.meta.dirname, '../../node_modules/.cache/imprint');

/** Each file keeps the place that it has in the project: what stands beside it is found. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const places = { 'import.meta.url': pathToFileURL(file).href, 'import.meta.dirname': path.dirname(file), 'import.meta.filename': file };
      return { loader: 'ts', contents: source.replace(/\bimport\.meta\.(?:url|dirname|filename)\b/g, (place) => JSON.stringify(places[place])) };
    });
  },
};

const file = path.join(FOLDER, `worker-${process.pid}.mjs`);
await mkdir(FOLDER, { recursive: true });
try {
  await build({ entryPoints: [MAIN], outfile: file, bundle: true, platform: 'node', format: 'esm', target: 'node20', packages: 'external', logLevel: 'warning', plugins: [ownPlaces] });
  await stop();
  await import(pathToFileURL(file).href);
} finally {
  await rm(file, { force: true });
}
