import { parseArgs } from 'node:util';
import { EXIT, Misuse } from './failure';
import type { Terminal } from './terminal';

export type Option = {
  /** What stands behind it, such as TIME; absent for a switch. */
  value?: string;
  help: string;
  required?: boolean;
  /** It may be given more than once. */
  many?: boolean;
};

export type Values = { get(name: string): string | undefined; all(name: string): string[]; has(name: string): boolean };

export type Command = {
  /** Two words: `assertion inspect`. */
  name: string;
  /** The arguments that are no options, as help shows them. */
  files: string;
  /** One line for the list of commands. */
  summary: string;
  /** Paragraphs below the usage. */
  details: string;
  options: Record<string, Option>;
  /** With the exit code. Throws Misuse, or AppError for what is refused. */
  run(call: { values: Values; files: string[]; terminal: Terminal }): Promise<number>;
};

export const JSON_OPTION: Option = { help: 'Write the result as JSON' };
const HELP: Option = { help: 'Show this' };

/** Parses the arguments behind the command's name and runs it. */
export async function runCommand(command: Command, args: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parse(command, args);
  if (values['help'] === true) {
    await terminal.write(helpOf(command));
    return EXIT.ok;
  }
  for (const [name, { required, value }] of Object.entries(command.options)) if (required && values[name] === undefined) throw new Misuse(`--${name} ${value} is missing.`);
  const get = (name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);
  const all = (name: string): string[] => (Array.isArray(values[name]) ? values[name] : []);
  return command.run({ values: { get, all, has: (name) => values[name] !== undefined }, files: positionals, terminal });
}

function parse({ options }: Command, args: string[]): { values: Record<string, string | boolean | string[] | undefined>; positionals: string[] } {
  const types = Object.fromEntries(Object.entries<Option>({ ...options, help: HELP }).map(([name, { value, many }]) => [name, { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple: many ?? false }]));
  try {
    return parseArgs({ args, options: types, allowPositionals: true, strict: true }) as ReturnType<typeof parse>;
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw new Misuse(`${error.message.split(/\.\s/)[0]!.replace(/\.$/, '')}.`, { cause: error });
    throw error;
  }
}

/** Throws Misuse unless there are between `least` and `most` files. */
export function expectFiles(files: readonly string[], least: number, most = least): void {
  if (files.filter((file) => file === '-').length > 1) throw new Misuse('Standard input can be read once: give "-" for one file only.');
  if (files.length >= least && files.length <= most) return;
  const wanted = most === 0 ? 'no files' : most === Infinity ? 'at least one file' : most === 1 ? 'one file' : `${most} files`;
  throw new Misuse(`This command takes ${wanted}; ${files.length === 0 ? 'none was' : files.length === 1 ? 'one was' : `${files.length} were`} given.`);
}

/** The whole help of a command. */
export function helpOf({ name, files, summary, details, options }: Command): string {
  const all = Object.entries<Option>({ ...options, help: HELP });
  const shown = (option: string, { value }: Option): string => `--${option}${value === undefined ? '' : ` ${value}`}`;
  const width = Math.max(...all.map(([option, spec]) => shown(option, spec).length));
  const usage = all.map(([option, spec]) => `${spec.required ? shown(option, spec) : `[${shown(option, spec)}]`}${spec.many ? '…' : ''}`).filter((part) => part !== '[--help]');
  const lines = all.map(([option, spec]) => `  ${shown(option, spec).padEnd(width)}  ${spec.help}${spec.required ? ' (required)' : ''}`);
  return `${summary}.\n\nUsage: npm run -s imprint -- ${[name, ...usage, files].filter(Boolean).join(' ')}\n\n${details.trim()}\n\nOptions:\n${lines.join('\n')}\n`;
}
