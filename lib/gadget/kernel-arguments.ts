import { refuse } from './gadget';

/** One argument without its quotes; `value` is '' for `name` and `name=` alike. */
export type KernelArgument = { name: string; value: string; isQuoted: boolean };
/** `value` undefined: any. */
export type ArgumentPattern = { name: string; value: string | undefined };

const SPACE = /[ \t\n\v\f\r]/;

/**
 * Takes a command line apart as the kernel does (snapd osutil/kcmdline, Parse): any white space outside
 * quotes ends an argument, and a quote may stand anywhere. undefined where one quote stands in place of a
 * value: there snapd crashes.
 */
export function parseArguments(text: string): KernelArgument[] | undefined {
  const args: (KernelArgument | undefined)[] = [];
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = start;
    for (let isOpen = false; end < text.length && (isOpen || !SPACE.test(text[end]!)); end += 1) {
      if (text[end] === '"') isOpen = !isOpen;
    }
    if (end > start) args.push(readArgument(text.slice(start, end)));
  }
  return args.every((arg) => arg !== undefined) ? args : undefined;
}

function readArgument(arg: string): KernelArgument | undefined {
  const begin = arg.startsWith('"') ? 1 : 0;
  const equals = arg.indexOf('=', 1);
  const isWhole = begin === 1 && arg.length > 1 && arg.endsWith('"');
  if (equals < 0) return { name: arg.slice(begin, isWhole ? -1 : undefined), value: '', isQuoted: isWhole };
  const hasQuote = arg[equals + 1] === '"';
  const from = equals + (hasQuote ? 2 : 1);
  const to = (isWhole || hasQuote) && arg.endsWith('"') ? arg.length - 1 : arg.length;
  if (to < from) return undefined;
  return { name: arg.slice(begin, equals), value: arg.slice(from, to), isQuoted: isWhole || hasQuote };
}

/** As it stands in a command line (snapd osutil/kcmdline, Argument.String): an empty value has no `=`. */
export function printArgument({ name, value, isQuoted }: KernelArgument): string {
  const shownName = name.includes(' ') ? `"${name}"` : name;
  if (value === '') return shownName;
  return `${shownName}=${isQuoted || value.includes(' ') ? `"${value}"` : value}`;
}

/**
 * Joins parts with one space, without what is empty and without spaces around a part (snapd strutil,
 * JoinNonEmpty).
 */
export const joinArguments = (parts: readonly string[]): string =>
  parts
    .map((part) => part.replace(/^ +/, '').replace(/ +$/, ''))
    .filter(Boolean)
    .join(' ');

const WORD = /[^ "=]+(?:=(?:"[^"]*"|[^ "=][^ "]*)?)?(?= |$)/y;

/**
 * Splits a command line at spaces, stricter than `parseArguments` (snapd osutil/kcmdline, Split): quotes
 * stand around a whole value or nowhere. Arguments keep their quotes. `rest` is what begins with no argument,
 * where there is such.
 */
export function splitArguments(text: string): { args: string[]; rest?: string } {
  const args: string[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === ' ') continue;
    WORD.lastIndex = at;
    const word = WORD.exec(text)?.[0];
    if (word === undefined) return { args, rest: text.slice(at) };
    args.push(word);
    at += word.length;
  }
  return { args };
}

const FORBIDDEN = ['root', 'nfsroot', 'init'];
const SNAPD_ALLOWED = ['snapd.debug', 'snapd_system_disk'];

/**
 * Arguments that belong to snapd and to the boot chain are not for a gadget to set (snapd gadget/gadget.go,
 * isKernelArgumentAllowed).
 */
export function assertAllowed(args: readonly string[], where: string): void {
  for (const arg of args) {
    const name = arg.split('=', 1)[0]!;
    if (FORBIDDEN.includes(name) || (name.startsWith('snapd') && !SNAPD_ALLOWED.includes(name))) {
      refuse('gadget-cmdline-invalid', where, `${shown(name)} may not be set by a gadget.`);
    }
  }
}

/**
 * `name`, `name=value` or `name=*` (snapd osutil/kcmdline, ArgumentPattern). Throws AppError
 * `gadget-cmdline-invalid`.
 */
export function parsePattern(text: string, where: string): ArgumentPattern {
  const { name, value, isQuoted } = parseOneArgument(text, where);
  if (isQuoted) return { name, value };
  if (value === '*') return { name, value: undefined };
  if (/[*?[\]\\{}]/.test(value)) {
    refuse(
      'gadget-cmdline-invalid',
      where,
      `${shown(value)} has one of *?[]\\{} and is not quoted; quote it, or write * alone for any value.`,
    );
  }
  return { name, value };
}

export function parseOneArgument(text: string, where: string): KernelArgument {
  const args =
    parseArguments(text) ??
    refuse('gadget-cmdline-invalid', where, `${shown(text)} has one quote in place of a value; close it.`);
  return args.length === 1
    ? args[0]!
    : refuse('gadget-cmdline-invalid', where, `${shown(text)} is not one argument; write one an item.`);
}

/** Of two patterns for one name the later counts (snapd osutil/kcmdline, NewMatcher). */
export function matcherOf(patterns: readonly ArgumentPattern[]): (arg: KernelArgument) => boolean {
  const values = new Map(patterns.map(({ name, value }) => [name, value]));
  return ({ name, value }) => values.has(name) && [undefined, value].includes(values.get(name));
}

const shown = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
