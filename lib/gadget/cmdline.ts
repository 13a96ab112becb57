import { utf8 } from '../bytes';
import type { Warning } from '../warnings';
import { refuse, type Gadget } from './gadget';
import {
  assertAllowed,
  joinArguments,
  matcherOf,
  parseArguments,
  printArgument,
  splitArguments,
} from './kernel-arguments';

export type CmdlineInput = {
  gadget: Gadget;
  /** Of the model: `amd64`, `arm64` and so on. */
  architecture: string;
  grade: 'dangerous' | 'signed' | 'secured';
  /** Text of the gadget's legacy files, where it has them. */
  cmdlineExtra?: string | undefined;
  cmdlineFull?: string | undefined;
};

export type KernelCmdline = {
  /** Value of `snapd_full_cmdline_args`; never empty. */ fullArgs: string;
  warnings: Warning[];
};

/**
 * Arguments that the recovery script itself gives, by architecture: those of editions 1 and 2 of snapd's
 * script, because snapd predicts the command line from the edition when it seals the disk's keys (snapd
 * bootloader/grub.go).
 */
export function staticKernelArguments(architecture: string): string[] {
  if (architecture === 'amd64' || architecture === 'i386')
    return ['console=ttyS0', 'console=tty1', 'panic=-1'];
  return ['panic=-1'];
}

/**
 * What GRUB gives the kernel in every mode (snapd boot/cmdline.go, bootVarsForTrustedCommandLineFromGadget;
 * gadget/gadget.go, KernelCommandLineFromGadget). Throws AppError `gadget-cmdline-invalid`.
 */
export function planKernelCmdline(input: CmdlineInput): KernelCmdline {
  const own = ownArguments(input);
  const appended = appendFromDefaults(input);
  // An empty value would make the script fall back to its static arguments.
  const fullArgs = joinArguments([own.text, appended.text]) || ' ';
  return {
    fullArgs,
    warnings: [...own.warnings, ...appended.warnings, ...deviceWarnings(own.text, fullArgs)],
  };
}

type Part = { text: string; warnings: Warning[] };

function ownArguments({ gadget, architecture, cmdlineExtra, cmdlineFull }: CmdlineInput): Part {
  const { append, remove } = gadget.kernelCmdline;
  const fixed = staticKernelArguments(architecture);
  if (append.length > 0 || remove.length > 0) {
    const printed = append.map(printArgument);
    assertAllowed(printed, 'kernel-cmdline.append');
    const isRemoved = matcherOf(remove);
    const kept = (parseArguments(fixed.join(' ')) ?? []).filter((arg) => !isRemoved(arg));
    const hasFiles = cmdlineExtra !== undefined || cmdlineFull !== undefined;
    return {
      text: joinArguments([...kept.map(printArgument), ...printed]),
      warnings: hasFiles ? [FILES_IGNORED] : [],
    };
  }
  if (cmdlineFull === undefined) {
    return { text: joinArguments([...fixed, parseFile(cmdlineExtra ?? '', 'cmdline.extra')]), warnings: [] };
  }
  if (cmdlineExtra !== undefined) {
    refuse(
      'gadget-cmdline-invalid',
      'cmdline.full',
      'the gadget has cmdline.extra as well; keep one of the two.',
    );
  }
  return { text: parseFile(cmdlineFull, 'cmdline.full'), warnings: [] };
}

const FILES_IGNORED: Warning = {
  code: 'cmdline-files-ignored',
  message: "The gadget's cmdline files are not looked at: its gadget.yaml has kernel-cmdline.",
};

/** Go's bufio.Scanner holds no longer line. */
const MAX_LINE_BYTES = 65_535;

/** snapd gadget/gadget.go, parseCommandLineFromGadget: a comment is a line whose first character is `#`. */
function parseFile(text: string, name: string): string {
  const lines = text.split('\n');
  const long = lines.findIndex(
    (line) => line.length > MAX_LINE_BYTES / 3 && utf8(line).length > MAX_LINE_BYTES,
  );
  if (long >= 0) {
    refuse(
      'gadget-cmdline-invalid',
      name,
      `line ${long + 1} is longer than ${MAX_LINE_BYTES} bytes; break it.`,
    );
  }
  const counted = lines.map((line) => line.replace(/\r$/, '')).filter((line) => !line.startsWith('#'));
  const { args, rest } = splitArguments(counted.join(' '));
  if (rest !== undefined)
    refuse('gadget-cmdline-invalid', name, `${shown(rest)} begins with no argument. ${HOW}`);
  const comment = args.find((arg) => arg.startsWith('#'));
  if (comment !== undefined) {
    refuse(
      'gadget-cmdline-invalid',
      name,
      `${shown(comment)} begins with #; begin a comment in the first column.`,
    );
  }
  assertAllowed(args, name);
  return args.join(' ');
}

const HOW = 'Write name, name=value or name="a value", with quotes around a whole value only.';
const shown = (text: string): string => JSON.stringify(text.slice(0, 80));

const APPEND = 'system.kernel.cmdline-append';
const DANGEROUS_APPEND = 'system.kernel.dangerous-cmdline-append';

/**
 * As it is written; nothing of it when a part is for grade dangerous and the model's is another
 * (snapd boot/makebootable.go, buildOptionalKernelCommandLine).
 */
function appendFromDefaults({ gadget, grade }: CmdlineInput): Part {
  const [plain, dangerous] = [APPEND, DANGEROUS_APPEND].map((key) => {
    const value = gadget.systemDefaults?.get(key);
    if (value?.isText !== false) return value?.text;
    return refuse(
      'gadget-cmdline-invalid',
      `defaults.system.${key}`,
      'this is read as a number, a boolean or a list; write a text, in quotes.',
    );
  });
  const warnings = plain === undefined ? [] : unlistedWarnings(plain, gadget);
  if (dangerous === undefined || grade === 'dangerous') {
    return { text: joinArguments([plain ?? '', dangerous ?? '']), warnings };
  }
  const message =
    `The gadget's kernel arguments from ${DANGEROUS_APPEND} are left out, and its other appended ones too: ` +
    `the model's grade is ${grade}.`;
  return { text: '', warnings: [...warnings, { code: 'cmdline-append-ignored', message }] };
}

/** snapd overlord/configstate/configcore/kernel.go, validateCmdlineParamsAreAllowed. */
function unlistedWarnings(text: string, gadget: Gadget): Warning[] {
  const args = parseArguments(text);
  const what = `The gadget's default ${APPEND} has`;
  if (args === undefined) {
    const message = `${what} one quote in place of a value: devices cannot read it.`;
    return [{ code: 'cmdline-append-refused', message }];
  }
  const isListed = matcherOf(gadget.kernelCmdline.allow);
  const unlisted = args.filter((arg) => !isListed(arg)).map(printArgument);
  if (unlisted.length === 0) return [];
  const list = 'which kernel-cmdline.allow of its gadget.yaml does not list';
  const message = `${what} ${shown(unlisted.join(' '))}, ${list}: devices refuse the option when they first set it.`;
  return [{ code: 'cmdline-append-refused', message }];
}

function deviceWarnings(own: string, fullArgs: string): Warning[] {
  const warnings: Warning[] = [];
  // snapd bootloader/grub.go, commandLineForEdition
  const { rest } = splitArguments(own);
  if (rest !== undefined) {
    const where = `at ${shown(rest)} of the kernel command line`;
    const message = `Devices cannot be installed: their snapd finds no argument ${where}. ${HOW}`;
    warnings.push({ code: 'cmdline-unreadable', message });
  }
  if (fullArgs.includes('\\')) {
    const message =
      'The kernel command line has a backslash, which GRUB drops and snapd counts on: encrypted disks stay locked.';
    warnings.push({ code: 'cmdline-backslash', message });
  }
  return warnings;
}
