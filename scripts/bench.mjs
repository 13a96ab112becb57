// `npm run bench`: measures what the core and a build cost, each beside a yardstick of the same run. `npm run bench -- core` or `-- build` runs one of the two.
import { ROOT, RUN_TOOLS, SetupError, checkNode, installPackages, installTools } from './setup.mjs';

const PARTS = ['core', 'build'];

process.chdir(ROOT);
try {
  checkNode();
  const asked = process.argv.slice(2);
  const unknown = asked.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new SetupError(`There is no bench ${unknown}. There are: ${PARTS.join(', ')}.`);
  const parts = asked.length > 0 ? asked : PARTS;
  if (parts.includes('build')) await installTools({ ...RUN_TOOLS, nginx: 'nginx-light', curl: 'curl' });
  await installPackages(console.log);
  const { register } = await import('tsx/esm/api');
  register();
  if (parts.includes('core')) await (await import('../bench/core.ts')).runCoreBench();
  if (parts.includes('build')) await (await import('../bench/build.ts')).runBench();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exit(1);
}
