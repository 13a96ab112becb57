// `npm run bench`: measures what a build costs, beside what a plain copy of the same bytes costs in the same run.
import { ROOT, RUN_TOOLS, checkNode, installPackages, installTools } from './setup.mjs';

process.chdir(ROOT);
try {
  checkNode();
  await installTools(RUN_TOOLS);
  await installPackages(console.log);
  const { register } = await import('tsx/esm/api');
  register();
  const { runBench } = await import('../bench/build.ts');
  await runBench();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
