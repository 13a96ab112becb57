// `npm run -s imprint -- …`: the core at the command line. Stdout is for results alone: whatever is said by the way goes to stderr.
import { installMissingPackages } from './cli/packages.mjs';
import { findProgram, makeProgram, nameSources } from './cli/program.mjs';
import { ROOT, RUN_TOOLS, SetupError, checkNode, installTools } from './setup.mjs';

const FAILED = 1;
const BUG = 70;

// A reader that has seen enough, such as head, is no failure.
process.stdout.on('error', (error) => process.exit(error.code === 'EPIPE' ? 0 : FAILED));
process.stderr.on('error', () => undefined);

try {
  checkNode();
  const program = findProgram() ?? (installMissingPackages() ? await makeProgram() : process.exit(FAILED));
  const args = process.argv.slice(2);
  // Images are made of snaps, and those are read by system tools.
  if (args[0] === 'image' && !args.includes('--help')) await installTools(RUN_TOOLS, { say: console.error });
  // npm runs this in the project's folder and tells where the person was.
  const folder = (process.env.npm_lifecycle_event === 'imprint' && process.env.INIT_CWD) || process.cwd();
  process.chdir(ROOT);
  process.exitCode = await program.main(args, folder);
  await program.keepCompiled();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : nameSources(error));
  process.exitCode = error instanceof SetupError ? FAILED : BUG;
}
