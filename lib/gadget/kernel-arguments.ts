import { refuse } from './gadget';

const MAX_LENGTH = 4096;

/** Splits a kernel command line at white space outside double quotes (snapd osutil/kcmdline). Throws AppError `gadget-cmdline-invalid`. */
export function parseArguments(text: string, where: string): string[] {
  if (text.length > MAX_LENGTH) refuse('gadget-cmdline-invalid', where, `it is longer than ${MAX_LENGTH} characters.`);
  // The text ends up in a GRUB environment, where a backslash escapes: nothing but printable ASCII without it has a place there.
  if (/[^\t\n\r\x20-\x5b\x5d-\x7e]/.test(text)) refuse('gadget-cmdline-invalid', where, 'it holds a backslash or a character that is not printable ASCII.');
  const args: string[] = [];
  let current = '';
  let quoted = false;
  for (const c of text) {
    if (c === '"') {
      const starts = !quoted && current.endsWith('=') && !current.includes('"');
      const ends = quoted;
      if (!starts && !ends) refuse('gadget-cmdline-invalid', where, 'a quote may only open directly after = .');
      quoted = !quoted;
      current += c;
    } else if (!quoted && /\s/.test(c)) {
      if (current) args.push(current);
      current = '';
    } else {
      if (current.length > 1 && current.endsWith('"') && !quoted) refuse('gadget-cmdline-invalid', where, 'something follows a closing quote.');
      current += c;
    }
  }
  if (quoted) refuse('gadget-cmdline-invalid', where, 'a quote is not closed.');
  if (current) args.push(current);
  const nameless = args.find((arg) => arg.startsWith('='));
  if (nameless !== undefined) refuse('gadget-cmdline-invalid', where, `"${nameless.slice(0, 80)}" has no name before = .`);
  return args;
}

const nameOf = (arg: string): string => arg.split('=')[0]!;

const FORBIDDEN = ['root', 'nfsroot', 'init'];
const SNAPD_ALLOWED = ['snapd.debug', 'snapd_system_disk'];

/** Arguments that belong to snapd and to the boot chain are not for a gadget to set (snapd gadget/gadget.go, isKernelArgumentAllowed). */
export function checkArguments(args: string[], where: string): void {
  for (const arg of args) {
    const name = nameOf(arg);
    if (FORBIDDEN.includes(name) || (name.startsWith('snapd') && !SNAPD_ALLOWED.includes(name))) {
      refuse('gadget-cmdline-invalid', where, `"${name.slice(0, 80)}" may not be set by a gadget.`);
    }
  }
}

/** `name`, `name=value` or `name=*`. */
export const matchesArgument = (pattern: string, arg: string): boolean => (pattern.endsWith('=*') ? arg.startsWith(pattern.slice(0, -1)) : pattern === arg);
