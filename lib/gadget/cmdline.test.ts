import { describe, expect, it } from 'vitest';
import { planKernelCmdline, type CmdlineInput } from './cmdline';
import { parseGadget } from './parse';

const VOLUMES = 'volumes: {pc: {bootloader: grub}}\n';
const plan = (yaml: string, more: Partial<CmdlineInput> = {}) => planKernelCmdline({ gadget: parseGadget(VOLUMES + yaml), architecture: 'amd64', grade: 'signed', ...more });
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code;
  }
  return undefined;
};
const STATIC = 'console=ttyS0 console=tty1 panic=-1';

describe('the kernel command line', () => {
  it('is the static one of the architecture when the gadget says nothing', () => {
    expect(plan('')).toEqual({ fullArgs: STATIC, warnings: [] });
    expect(plan('', { architecture: 'arm64' }).fullArgs).toBe('panic=-1');
  });

  it('has what the gadget appends and not what it removes', () => {
    expect(plan('kernel-cmdline: {append: [quiet, "vt.handoff=7"], remove: ["console=*"]}').fullArgs).toBe('panic=-1 quiet vt.handoff=7');
    expect(plan('kernel-cmdline: {remove: ["console=ttyS0", "panic=0"]}').fullArgs).toBe('console=tty1 panic=-1');
  });

  it('is one space when nothing is left, so that GRUB does not fall back', () => expect(plan('kernel-cmdline: {remove: ["console=*", "panic=*"]}').fullArgs).toBe(' '));

  it('takes the legacy files without their comments', () => {
    expect(plan('', { cmdlineExtra: '# why\nquiet  splash\n  # more\nopt="a b"\n' }).fullArgs).toBe(`${STATIC} quiet splash opt="a b"`);
    expect(plan('', { cmdlineFull: 'quiet\n' }).fullArgs).toBe('quiet');
  });

  it('has the appended arguments of the gadget defaults last', () => {
    expect(plan('defaults: {system: {system.kernel.cmdline-append: "a b=1"}}', { cmdlineFull: 'quiet' }).fullArgs).toBe('quiet a b=1');
    expect(plan('defaults: {system: {system.kernel.cmdline-append: a, system.kernel.dangerous-cmdline-append: b}}', { grade: 'dangerous' }).fullArgs).toBe(`${STATIC} a b`);
  });

  it('drops all of them, and says so, when a dangerous one meets another grade', () => {
    const { fullArgs, warnings } = plan('defaults: {system: {system.kernel.cmdline-append: a, system.kernel.dangerous-cmdline-append: b}}');
    expect(fullArgs).toBe(STATIC);
    expect(warnings).toHaveLength(1);
  });

  it.each(['root=/dev/sda1', 'init=/bin/sh', 'nfsroot=1.2.3.4', 'snapd_recovery_mode=run', 'snapd.x', 'a\nsnapd_full=1'])('may not be given %j', (text) => {
    expect(codeOf(() => plan('', { cmdlineExtra: text }))).toBe('gadget-cmdline-invalid');
    expect(codeOf(() => plan('', { cmdlineFull: text }))).toBe('gadget-cmdline-invalid');
    expect(plan(`defaults: {system: {system.kernel.cmdline-append: ${JSON.stringify(text.replaceAll('\n', ' '))}}}`).fullArgs).toContain(text.replaceAll('\n', ' '));
  });

  it.each(['snapd.debug=1', 'snapd_system_disk=/dev/sda', 'rootwait', 'initcall_debug'])('may be given %s', (text) => expect(plan('', { cmdlineExtra: text }).fullArgs).toBe(`${STATIC} ${text}`));

  it.each(['a="b', '="b"', '=b', 'a="b"c', 'a"b"', 'ä', 'a\\b', 'a\0', 'x'.repeat(5000)])('is refused as %j', (text) => expect(codeOf(() => plan('', { cmdlineExtra: text }))).toBe('gadget-cmdline-invalid'));

  it('is not told in two ways at once', () => {
    expect(codeOf(() => plan('', { cmdlineExtra: 'a', cmdlineFull: 'b' }))).toBe('gadget-cmdline-invalid');
    expect(plan('kernel-cmdline: {append: [a]}', { cmdlineExtra: 'b', cmdlineFull: 'c' })).toMatchObject({ fullArgs: expect.not.stringContaining('b c') as unknown, warnings: [expect.stringContaining('cmdline files')] });
    expect(codeOf(() => plan('defaults: {system: {system.kernel.cmdline-append: "a\\nb"}}'))).toBe('gadget-cmdline-invalid');
    expect(plan('defaults: {system: {system: {kernel: {cmdline-append: "x  y=1"}}}}').fullArgs).toMatch(/ x  y=1$/);
  });
});
