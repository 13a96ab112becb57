import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { planKernelCmdline, type CmdlineInput } from './cmdline';
import { parseGadget } from './parse';

const VOLUMES = 'volumes: {pc: {bootloader: grub}}\n';
const planOf = (text: string, more: Partial<CmdlineInput> = {}) =>
  planKernelCmdline({
    gadget: parseGadget(text),
    architecture: 'amd64',
    grade: 'signed',
    ...more,
  });
const plan = (yaml: string, more: Partial<CmdlineInput> = {}) => planOf(VOLUMES + yaml, more);
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};
const containing = (words: string) => expect.stringContaining(words) as unknown;
const STATIC = 'console=ttyS0 console=tty1 panic=-1';
const withDefaults = (options: Record<string, unknown>, more: Partial<CmdlineInput> = {}) =>
  plan(`kernel-cmdline: {allow: [a, "b=*"]}\ndefaults: {system: ${JSON.stringify(options)}}`, more);

describe('the kernel command line', () => {
  it('is the static one of the architecture when the gadget says nothing', () => {
    expect(plan('')).toEqual({ fullArgs: STATIC, warnings: [] });
    expect(plan('', { architecture: 'arm64' }).fullArgs).toBe('panic=-1');
  });

  it('has what the gadget appends and not what it removes', () => {
    const yaml = 'kernel-cmdline: {append: [quiet, "vt.handoff=7"], remove: ["console=*"]}';
    expect(plan(yaml).fullArgs).toBe('panic=-1 quiet vt.handoff=7');
    expect(plan('kernel-cmdline: {remove: ["console=ttyS0", "panic=0"]}').fullArgs).toBe(
      'console=tty1 panic=-1',
    );
  });

  it('drops the = of an empty value, and keeps the quotes of another', () => {
    const text = readFileSync(new URL('./fixtures/empty-kernel-arguments.yaml', import.meta.url), 'utf8');
    expect(planOf(text)).toEqual({ fullArgs: `${STATIC} a b c="d" e="f g" quiet`, warnings: [] });
  });

  it.each([
    ['console="ttyS0"', 'console=tty1 panic=-1'],
    ['"console=ttyS0"', 'console=tty1 panic=-1'],
    ['console="*"', STATIC],
    ['console', STATIC],
    [' panic=* ', 'console=ttyS0 console=tty1'],
  ])('matches values without their quotes: %s', (pattern, left) =>
    expect(plan(`kernel-cmdline: {remove: [${JSON.stringify(pattern)}]}`).fullArgs).toBe(left),
  );

  it('goes by the last of several patterns for one name', () =>
    expect(plan('kernel-cmdline: {remove: ["console=*", "console=tty1"]}').fullArgs).toBe(
      'console=ttyS0 panic=-1',
    ));

  it.each([
    ['a=*', 'a=*'],
    ['a=b"c d"e', 'a="b"c d"e"'],
    ['a="b', 'a="b"'],
    ['"a b"', '"a b"'],
    ['"a b=c"', '"a b"="c"'],
    ['"a=b"', 'a="b"'],
    ['a=[1]?', 'a=[1]?'],
    ['a==b', 'a==b'],
    ['=a', '=a'],
    ['#a', '#a'],
    ['a=ä漢', 'a=ä漢'],
    ['\ta=b\n', 'a=b'],
    ['', ''],
  ])('has %j appended as %s', (text, shown) =>
    expect(plan(`kernel-cmdline: {append: [${text === '' ? '~' : JSON.stringify(text)}]}`).fullArgs).toBe(
      `${STATIC} ${shown}`.trim(),
    ),
  );

  it('is one space when nothing is left, so that GRUB does not fall back', () =>
    expect(plan('kernel-cmdline: {remove: ["console=*", "panic=*"]}').fullArgs).toBe(' '));

  it('takes the legacy files without their comments', () => {
    expect(plan('', { cmdlineExtra: '# why\nquiet  splash\r\n#more\nopt="a b"\n' }).fullArgs).toBe(
      `${STATIC} quiet splash opt="a b"`,
    );
    expect(plan('', { cmdlineFull: 'quiet\n' }).fullArgs).toBe('quiet');
    expect(plan('', { cmdlineFull: '# nothing' }).fullArgs).toBe(' ');
    expect(plan('', { cmdlineExtra: 'a=\tb= m=1#2 c="\nd" ä=ö' }).fullArgs).toBe(
      `${STATIC} a=\tb= m=1#2 c=" d" ä=ö`,
    );
  });

  it('has the appended arguments of the gadget defaults last, as they are written', () => {
    expect(withDefaults({ 'system.kernel.cmdline-append': 'a  b=1' }, { cmdlineFull: 'quiet' })).toEqual({
      fullArgs: 'quiet a  b=1',
      warnings: [],
    });
    expect(withDefaults({ system: { kernel: { 'cmdline-append': ' b="x" ' } } }).fullArgs).toBe(
      `${STATIC} b="x"`,
    );
    const both = { 'system.kernel.cmdline-append': 'a', 'system.kernel.dangerous-cmdline-append': 'c' };
    expect(withDefaults(both, { grade: 'dangerous' })).toEqual({ fullArgs: `${STATIC} a c`, warnings: [] });
    const ofCore = plan('defaults: {99T7MUlRhtI3U0QFgl5mXXESAiSwt776: {system.kernel.cmdline-append: a}}');
    expect(ofCore.fullArgs).toBe(`${STATIC} a`);
  });

  it.each(['c', ''])(
    'drops all of them, and says so, when a dangerous one (%j) meets another grade',
    (dangerous) => {
      const { fullArgs, warnings } = withDefaults({
        'system.kernel.cmdline-append': 'a',
        'system.kernel.dangerous-cmdline-append': dangerous,
      });
      expect(fullArgs).toBe(STATIC);
      expect(warnings).toEqual([{ code: 'cmdline-append-ignored', message: containing('grade is signed') }]);
    },
  );

  it.each([7, true, ['a']])('refuses a default that is no text: %j', (value) =>
    expect(codeOf(() => withDefaults({ 'system.kernel.cmdline-append': value }))).toBe(
      'gadget-cmdline-invalid',
    ),
  );

  it.each([
    'root=/dev/sda1',
    'init=/bin/sh',
    'nfsroot=1.2.3.4',
    'snapd_recovery_mode=run',
    'snapd.x',
    'a\nsnapd_full=1',
  ])('may not be given %j', (text) => {
    expect(codeOf(() => plan('', { cmdlineExtra: text }))).toBe('gadget-cmdline-invalid');
    expect(codeOf(() => plan('', { cmdlineFull: text }))).toBe('gadget-cmdline-invalid');
    const line = text.replaceAll('\n', ' ');
    expect(withDefaults({ 'system.kernel.cmdline-append': line }).fullArgs).toContain(line);
    expect(codeOf(() => plan(`kernel-cmdline: {append: ["${line.split(' ').at(-1)!}"]}`))).toBe(
      'gadget-cmdline-invalid',
    );
  });

  it.each(['snapd.debug=1', 'snapd_system_disk=/dev/sda', 'rootwait', 'initcall_debug'])(
    'may be given %s',
    (text) => expect(plan('', { cmdlineExtra: text }).fullArgs).toBe(`${STATIC} ${text}`),
  );

  it.each([
    'a="b',
    '="b"',
    '=b',
    'a="b"c',
    'a"b"',
    'a==b',
    'a=b"',
    'a #b',
    ' # a',
    '"a"',
    `${'x'.repeat(65_536)}\n`,
  ])('is refused out of a file as %j', (text) =>
    expect(codeOf(() => plan('', { cmdlineExtra: text }))).toBe('gadget-cmdline-invalid'),
  );

  it.each(['a=b*', 'a=[b]', 'a={b}', 'a=b?', 'a=b\\', 'a b', '', ' ', 'a="'])(
    'is refused as a pattern: %j',
    (text) => {
      for (const key of ['allow', 'remove']) {
        expect(codeOf(() => plan(`kernel-cmdline: {${key}: [${JSON.stringify(text)}]}`))).toBe(
          'gadget-cmdline-invalid',
        );
      }
    },
  );

  it.each(['a="b*"', '"a=[b]"', 'a=*', 'a*', 'a="b c"'])('takes the pattern %s', (text) =>
    expect(codeOf(() => plan(`kernel-cmdline: {remove: [${JSON.stringify(text)}]}`))).toBeUndefined(),
  );

  it('is not told in two ways at once', () => {
    expect(codeOf(() => plan('', { cmdlineExtra: 'a', cmdlineFull: 'b' }))).toBe('gadget-cmdline-invalid');
    const { fullArgs, warnings } = plan('kernel-cmdline: {append: [a]}', {
      cmdlineExtra: 'b',
      cmdlineFull: 'c',
    });
    expect(fullArgs).toBe(`${STATIC} a`);
    expect(warnings).toEqual([{ code: 'cmdline-files-ignored', message: containing('cmdline files') }]);
  });

  it.each([
    ['kernel-cmdline: {append: ["a=b\\"c"]}', 'cmdline-unreadable', 'cannot be installed'],
    ['kernel-cmdline: {append: ["a=b\\\\c"]}', 'cmdline-backslash', 'backslash'],
    ['defaults: {system: {system.kernel.cmdline-append: "c"}}', 'cmdline-append-refused', 'does not list'],
    ['defaults: {system: {system.kernel.cmdline-append: "c=\\""}}', 'cmdline-append-refused', 'one quote'],
  ])('is warned of where devices stop at it: %s', (yaml, code, words) =>
    expect(plan(yaml).warnings).toEqual([{ code, message: containing(words) }]),
  );
});
