// `npm run bench`: measures what the core, a build and the command line cost, each beside a yardstick of the
// same run. `npm run bench -- core`, `-- build` or `-- cli` runs one of them.
import { ROOT, RUN_TOOLS, SetupError, checkNode, installPackages, installTools } from './setup.mjs';

const PARTS = ['core', 'build', 'cli'];
const PLAIN_TOOLS = { 'mkfs.vfat': 'dosfstools', mcopy: 'mtools', sgdisk: 'gdisk', openssl: 'openssl' };

process.chdir(ROOT);
try {
  checkNode();
  const asked = process.argv.slice(2);
  const unknown = asked.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new SetupError(`There is no bench ${unknown}. There are: ${PARTS.join(', ')}.`);
  const parts = asked.length > 0 ? asked : PARTS;
  if (parts.includes('build')) await installTools({ ...RUN_TOOLS, nginx: 'nginx-light', curl: 'curl' });
  if (parts.includes('cli')) await installTools({ ...RUN_TOOLS, ...PLAIN_TOOLS });
  await installPackages(console.log);
  const { register } = await import('tsx/esm/api');
  register();
  if (parts.includes('core')) await (await import('../bench/core.ts')).runCoreBench();
  if (parts.includes('build')) await (await import('../bench/build.ts')).runBench();
  if (parts.includes('cli')) await (await import('../bench/cli.ts')).runCliBench();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exit(1);
}
