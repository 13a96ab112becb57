import type { YamlMap, YamlValue } from '../snap/yaml';
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
  const append = appendFromDefaults(input);
  const fixed = staticKernelArguments(input.architecture).filter((arg) => !gadget.kernelCmdline.remove.some((pattern) => matchesArgument(pattern, arg)));
  const args = [...(own(input) ?? fixed), ...extra(input), ...append.text];
  const warnings = usesYaml(gadget) && (input.cmdlineExtra !== undefined || input.cmdlineFull !== undefined) ? ["The gadget's cmdline files are not looked at, because its gadget.yaml has kernel-cmdline."] : [];
  // An empty value would make the script fall back to its static arguments.
  return { fullArgs: args.join(' ') || ' ', warnings: [...warnings, ...append.warnings] };
}

const usesYaml = ({ kernelCmdline }: Gadget): boolean => kernelCmdline.append.length > 0 || kernelCmdline.remove.length > 0;

/** What stands in the place of the static arguments: a legacy `cmdline.full`. */
function own({ gadget, cmdlineExtra, cmdlineFull }: CmdlineInput): string[] | undefined {
  if (usesYaml(gadget)) return undefined;
  if (cmdlineExtra !== undefined && cmdlineFull !== undefined) refuse('gadget-cmdline-invalid', 'cmdline.full', 'the gadget has cmdline.extra as well; keep one of the two.');
  return cmdlineFull === undefined ? undefined : parseFile(cmdlineFull, 'cmdline.full');
}

function extra({ gadget, cmdlineExtra }: CmdlineInput): string[] {
  if (!usesYaml(gadget)) return parseFile(cmdlineExtra ?? '', 'cmdline.extra');
  checkArguments(gadget.kernelCmdline.append, 'kernel-cmdline.append');
  return gadget.kernelCmdline.append;
}

function parseFile(text: string, name: string): string[] {
  const lines = text.split('\n').filter((line) => !line.trimStart().startsWith('#'));
  const args = parseArguments(lines.join('\n'), name);
  checkArguments(args, name);
  return args;
}

/** What the gadget's defaults add, as it is written; nothing of it when a part is for grade dangerous and the model's is another. */
function appendFromDefaults({ gadget, grade }: CmdlineInput): { text: string[]; warnings: string[] } {
  const system = gadget.defaults.get('system');
  const read = (key: string): string => {
    const value = system instanceof Map ? findDefault(system, key) : undefined;
    if (value === undefined) return '';
    if (typeof value !== 'string') refuse('gadget-cmdline-invalid', `defaults.system.${key}`, 'this must be text.');
    // Taken apart only to see that it can stand in a boot loader's environment; snapd takes any argument here.
    parseArguments(value, `defaults.system.${key}`);
    if (/[\n\r]/.test(value)) refuse('gadget-cmdline-invalid', `defaults.system.${key}`, 'it has more than one line.');
    return value;
  };
  const [plain, dangerous] = [read('system.kernel.cmdline-append'), read('system.kernel.dangerous-cmdline-append')];
  if (dangerous !== '' && grade !== 'dangerous') {
    return { text: [], warnings: [`The gadget's kernel arguments from system.kernel.dangerous-cmdline-append are left out, and its other appended ones too: the model's grade is ${grade}.`] };
  }
  return { text: [plain, dangerous].filter(Boolean), warnings: [] };
}

/** A default by its whole name, whether its parts are written with dots or as maps in each other. */
function findDefault(map: YamlMap, name: string): YamlValue | undefined {
  const direct = map.get(name);
  if (direct !== undefined) return direct;
  for (const [key, value] of map) {
    const below = value instanceof Map && name.startsWith(`${key}.`) ? findDefault(value, name.slice(key.length + 1)) : undefined;
    if (below !== undefined) return below;
  }
  return undefined;
}
