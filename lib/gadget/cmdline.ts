import { refuse, type Gadget } from './gadget';
import { checkArguments, matchesArgument, parseArguments } from './kernel-arguments';

export type CmdlineInput = {
  gadget: Gadget;
  /** Of the model: `amd64`, `arm64` and so on. */
  architecture: string;
  grade: 'dangerous' | 'signed' | 'secured';
  /** Text of the gadget's legacy files, where it has them. */
  cmdlineExtra?: string | undefined;
  cmdlineFull?: string | undefined;
};

export type KernelCmdline = { /** Value of `snapd_full_cmdline_args`; never empty. */ fullArgs: string; warnings: string[] };

/**
 * Arguments that the recovery script itself gives, by architecture: those of editions 1 and 2 of snapd's script, because snapd predicts
 * the command line from the edition when it seals the disk's keys (snapd bootloader/grub.go).
 */
export function staticKernelArguments(architecture: string): string[] {
  if (architecture === 'amd64' || architecture === 'i386') return ['console=ttyS0', 'console=tty1', 'panic=-1'];
  return ['panic=-1'];
}

/** What the kernel gets in every mode (snapd boot/makebootable.go, gadget/gadget.go). Throws AppError `gadget-cmdline-invalid`. */
export function planKernelCmdline(input: CmdlineInput): KernelCmdline {
  const { gadget } = input;
  if (input.cmdlineExtra !== undefined && input.cmdlineFull !== undefined) {
    refuse('gadget-cmdline-invalid', 'cmdline.full', 'the gadget has cmdline.extra as well; keep one of the two.');
  }
  const append = appendFromDefaults(input);
  const full = input.cmdlineFull === undefined ? undefined : parseFile(input.cmdlineFull, 'cmdline.full');
  const usesYaml = gadget.kernelCmdline.append.length > 0 || gadget.kernelCmdline.remove.length > 0;
  if (usesYaml && (full !== undefined || input.cmdlineExtra !== undefined)) {
    refuse('gadget-cmdline-invalid', 'kernel-cmdline', 'the gadget has a cmdline.extra or cmdline.full file as well; keep one of the two ways.');
  }
  checkArguments(gadget.kernelCmdline.append, 'kernel-cmdline.append');
  const fixed = staticKernelArguments(input.architecture).filter((arg) => !gadget.kernelCmdline.remove.some((pattern) => matchesArgument(pattern, arg)));
  const extra = usesYaml ? gadget.kernelCmdline.append : parseFile(input.cmdlineExtra ?? '', 'cmdline.extra');
  const args = [...(full ?? [...fixed, ...extra]), ...append.args];
  // An empty value would make the script fall back to its static arguments.
  return { fullArgs: args.join(' ') || ' ', warnings: append.warnings };
}

function parseFile(text: string, name: string): string[] {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  const args = parseArguments(lines.join('\n'), name);
  checkArguments(args, name);
  return args;
}

function appendFromDefaults({ gadget, grade }: CmdlineInput): { args: string[]; warnings: string[] } {
  const system = gadget.defaults.get('system');
  const read = (key: string): string[] => {
    const value = system instanceof Map ? system.get(key) : undefined;
    if (value === undefined) return [];
    if (typeof value !== 'string') refuse('gadget-cmdline-invalid', `defaults.system.${key}`, 'this must be text.');
    const args = parseArguments(value, `defaults.system.${key}`);
    checkArguments(args, `defaults.system.${key}`);
    return args;
  };
  const plain = read('system.kernel.cmdline-append');
  const dangerous = read('system.kernel.dangerous-cmdline-append');
  if (dangerous.length > 0 && grade !== 'dangerous') {
    return { args: [], warnings: [`The gadget's kernel arguments from system.kernel.dangerous-cmdline-append are left out, and its other appended ones too: the model's grade is ${grade}.`] };
  }
  return { args: [...plain, ...dangerous], warnings: [] };
}
