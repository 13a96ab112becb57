import { runCommand } from './command';
import type { Command } from './command';
import { EXIT, FileTrouble, Misuse, refusalOf } from './failure';
import { openTerminal } from './terminal';
import type { Terminal } from './terminal';

/** Read one by one: a command starts faster without what the others need. */
export const COMMANDS: Record<string, () => Promise<Command>> = {
  'assertion inspect': async () => (await import('./assertion-inspect')).assertionInspect,
  'assertion verify': async () => (await import('./assertion-verify')).assertionVerify,
  'assertion encode': async () => (await import('./assertion-encode')).assertionEncode,
  'assertion sign': async () => (await import('./assertion-sign')).assertionSign,
  'model check': async () => (await import('./model-check')).modelCheck,
  'model diff': async () => (await import('./model-compare')).modelDiff,
  'model remodel': async () => (await import('./model-compare')).modelRemodel,
  'gadget layout': async () => (await import('./gadget-layout')).gadgetLayout,
  'image build': async () => (await import('./image-build')).imageBuild,
  'image plan': async () => (await import('./image-plan')).imagePlan,
  'image seed': async () => (await import('./image-seed')).imageSeed,
  'image verify': async () => (await import('./image-verify')).imageVerify,
  'evidence verify': async () => (await import('./evidence-verify')).evidenceVerify,
  'key id': async () => (await import('./key-id')).keyId,
  'key generate': async () => (await import('./key-generate')).keyGenerate,
  'key request': async () => (await import('./key-request')).keyRequest,
};

const RUN = 'npm run -s imprint --';

async function overview(names: string[]): Promise<string> {
  const commands = await Promise.all(names.map((name) => COMMANDS[name]!()));
  const width = Math.max(...names.map((name) => name.length));
  return `Usage: ${RUN} COMMAND …\n\nCommands:\n${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}\n\nEach of them tells more with --help. Exit code: 0 done, 1 refused, 2 called wrongly.\n`;
}

/** Runs one command line, given without the program's name; relative file names start in `folder`. Gives the exit code. */
export async function main(args: string[], folder: string, terminal: Terminal = openTerminal(folder)): Promise<number> {
  const name = args.slice(0, 2).join(' ');
  try {
    if (!Object.hasOwn(COMMANDS, name)) return await withoutCommand(args, terminal);
    return await runCommand(await COMMANDS[name]!(), args.slice(2), terminal);
  } catch (error) {
    if (error instanceof Misuse) {
      terminal.say(error instanceof FileTrouble ? error.message : `${error.message}\n${RUN} ${name} --help tells how it is called.`);
      return EXIT.misused;
    }
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    terminal.say(refusal.message);
    return EXIT.refused;
  }
}

/** Help where it was asked for, otherwise a word about what there is. */
async function withoutCommand([noun = '', verb = '']: string[], terminal: Terminal): Promise<number> {
  const names = Object.keys(COMMANDS);
  const ofNoun = names.filter((name) => name.startsWith(`${noun} `));
  const asksHelp = (word: string): boolean => word === '--help' || word === '-h' || word === 'help';
  if (asksHelp(noun) || (ofNoun.length > 0 && asksHelp(verb))) {
    await terminal.write(await overview(ofNoun.length > 0 ? ofNoun : names));
    return EXIT.ok;
  }
  if (noun === '') terminal.say((await overview(names)).trimEnd());
  else terminal.say(`There is no command "${`${noun} ${verb}`.trim()}". ${RUN} --help lists those that there are.`);
  return EXIT.misused;
}
