import { describe, expect, it } from 'vitest';
import { seccompFilter } from './seccomp';

const ALLOW = 'allow';
const KILL = 'kill';
const EPERM = 'errno 1';
const ENOSYS = 'errno 38';

/** What Linux does with the filter: classic BPF over struct seccomp_data, as far as filters of ours go. */
function ask(filter: Buffer, call: { architecture: number; number: number; first?: number }): string {
  const data = new Map([[0, call.number], [4, call.architecture], [16, call.first ?? 0]]);
  let held = 0;
  for (let at = 0; ; at += 1) {
    const code = filter.readUInt16LE(at * 8);
    const operand = filter.readUInt32LE(at * 8 + 4);
    const jump = (holds: boolean) => (at += filter.readUInt8(at * 8 + (holds ? 2 : 3)));
    if (code === 0x20) held = data.get(operand)!;
    else if (code === 0x15) jump(held === operand);
    else if (code === 0x35) jump(held >= operand);
    else if (code === 0x45) jump((held & operand) !== 0);
    else if (operand === 0x7fff0000) return ALLOW;
    else if (operand === 0x80000000) return KILL;
    else return `errno ${operand - 0x50000}`;
  }
}

const THREAD = 0x3d0f00;
const X64 = { architecture: 0xc000003e, read: 0, clone: 56, fork: 57, socket: 41, unshare: 272, execve: 59 };
const ARM64 = { architecture: 0xc00000b7, read: 63, clone: 220, fork: undefined, socket: 198, unshare: 97, execve: 221 };

describe.each([['x64', X64, ARM64], ['arm64', ARM64, X64]] as const)('the filter of system calls on %s', (name, own, other) => {
  const filter = seccompFilter(name)!;
  const answer = (number: number, first?: number) => ask(filter, { architecture: own.architecture, number, ...(first === undefined ? {} : { first }) });

  it('lets a tool be started, read, and make threads', () => expect([answer(own.read), answer(own.execve), answer(own.clone, THREAD)]).toEqual([ALLOW, ALLOW, ALLOW]));
  it('refuses processes, however they are made', () => expect([answer(own.clone, 17), answer(435), answer(own.fork ?? own.socket)]).toEqual([EPERM, ENOSYS, EPERM]));
  it('refuses sockets, namespaces and what is young in Linux', () => expect([own.socket, own.unshare, 425, 442].map((number) => answer(number))).toEqual([EPERM, EPERM, EPERM, EPERM]));
  it('kills whoever calls in the way of another machine', () => expect(ask(filter, { architecture: other.architecture, number: own.read })).toBe(KILL));
  it('is short enough for Linux', () => expect(filter.length / 8).toBeLessThan(4096));
});

it('on x64, refuses the second table of numbers', () => expect(ask(seccompFilter('x64')!, { architecture: X64.architecture, number: 0x4000_0000 })).toBe(EPERM));
it('is none on machines whose numbers are not known', () => expect(seccompFilter('riscv64')).toBeUndefined());
