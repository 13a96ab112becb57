// One file of JavaScript out of a program's TypeScript: it starts fast and keeps no compiler in memory.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, stop } from 'esbuild';
import { ROOT } from './setup.mjs';

/** Each file keeps the place that it has in the project: what stands beside it is found. */
const ownPlaces = {
  name: 'own-places',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, async ({ path: file }) => {
      const places = {
        'import.meta.url': pathToFileURL(file).href,
        'import.meta.dirname': path.dirname(file),
        'import.meta.filename': file,
      };
      const source = await readFile(file, 'utf8');
      const place = /\bimport\.meta\.(?:url|dirname|filename)\b/g;
      return { loader: 'ts', contents: source.replace(place, (found) => JSON.stringify(places[found])) };
    });
  },
};

/** Runs esbuild on one program; `options` are its own, beside those that every program has. */
export async function bundle(entryPoint, options) {
  const always = { bundle: true, platform: 'node', target: 'node20', logLevel: 'warning' };
  try {
    const own = { entryPoints: [entryPoint], absWorkingDir: ROOT, plugins: [ownPlaces] };
    return await build({ ...always, ...own, ...options });
  } finally {
    await stop();
  }
}
