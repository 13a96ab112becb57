import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../bytes';
import { readRedundantEnv, readUbootEnv, REDUNDANT_ENV_BYTES, writeRedundantEnv, writeUbootEnv } from './uboot-env';

const RECOVERY: [string, string][] = [['snapd_recovery_system', '20240101'], ['snapd_recovery_mode', 'install']];
const codeOf = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).name;
  }
  return undefined;
};
const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[=\0]/.test(text));
const value = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
const variables = fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 6 });

// Bytes as snapd's ubootenv writes them.
describe("U-Boot's environment", () => {
  it.each<[[string, string][], number, boolean, string]>([
    [RECOVERY, 96, true, `529bb69b00736e6170645f7265636f766572795f6d6f64653d696e7374616c6c00736e6170645f7265636f766572795f73797374656d3d32303234303130310000${'ff'.repeat(31)}`],
    [[['a', '1'], ['B', '2'], ['é', 'x'], ['empty', '']], 40, false, `5bd0129e423d3200613d3100c3a93d780000${'ff'.repeat(22)}`],
    [[], 16, true, 'd2bdae66000000ffffffffffffffffff'],
  ])('of %j is byte for byte that of snapd', (given, sizeBytes, headerFlagByte, hex) => expect(toHex(writeUbootEnv(given, { sizeBytes, headerFlagByte }))).toBe(hex));

  it('is read back with its shape', () =>
    fc.assert(
      fc.property(variables, fc.boolean(), (given, headerFlagByte) => {
        const env = readUbootEnv(writeUbootEnv(given, { sizeBytes: 4096, headerFlagByte }));
        expect(env).toEqual({ sizeBytes: 4096, headerFlagByte, flag: 0, variables: new Map(given) });
      }),
    ));

  it('holds the last of two values, and none that is empty', () => expect(readUbootEnv(writeUbootEnv([['a', '1'], ['b', '2'], ['a', '']], { sizeBytes: 64, headerFlagByte: true }))!.variables).toEqual(new Map([['b', '2']])));

  it('passes over what is no variable', () => {
    const bytes = writeUbootEnv([['a', '1'], ['b', '=2=']], { sizeBytes: 64, headerFlagByte: false });
    expect(readUbootEnv(bytes)!.variables.get('b')).toBe('=2=');
    expect(readUbootEnv(concat(bytes, bytes))).toBeUndefined();
    expect(readUbootEnv(bytes.subarray(0, 5))).toBeUndefined();
  });

  it('must hold its variables', () => {
    expect(codeOf(() => writeUbootEnv([['a', 'x'.repeat(60)]], { sizeBytes: 64, headerFlagByte: true }))).toBe('uboot-env-too-big');
    expect(writeUbootEnv([['a', 'x'.repeat(55)]], { sizeBytes: 64, headerFlagByte: true }).at(-1)).toBe(0);
    expect(codeOf(() => writeUbootEnv([['a=b', 'x']], { sizeBytes: 64, headerFlagByte: true }))).toBe('RangeError');
    expect(codeOf(() => writeUbootEnv([['a', 'x\0b=y']], { sizeBytes: 64, headerFlagByte: true }))).toBe('RangeError');
  });
});

describe('the two environments of a partition', () => {
  const bytes = writeRedundantEnv(RECOVERY);
  const [first, second] = [bytes.subarray(0, REDUNDANT_ENV_BYTES), bytes.subarray(REDUNDANT_ENV_BYTES)];

  it('are empty with flag 2, and the one that holds with flag 3', () => {
    expect(bytes.length).toBe(16_384);
    expect(readUbootEnv(first)).toMatchObject({ flag: 2, variables: new Map() });
    expect(readUbootEnv(second)).toMatchObject({ flag: 3, variables: new Map(RECOVERY) });
    expect(readRedundantEnv(bytes)!.variables).toEqual(new Map(RECOVERY));
  });

  it('outlive the loss of one', () => {
    const broken = (at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
    expect(readRedundantEnv(broken(20))!.variables).toEqual(new Map(RECOVERY));
    expect(readRedundantEnv(broken(REDUNDANT_ENV_BYTES + 20))!.variables).toEqual(new Map());
    expect(readRedundantEnv(new Uint8Array(16_384))).toBeUndefined();
    expect(readRedundantEnv(bytes.subarray(1))).toBeUndefined();
  });

  it.each([[0, 255, 0], [255, 0, 1], [1, 1, 0], [127, 128, 1]])('with flags %d and %d it is number %d that holds', (one, two, holds) => {
    const shape = { sizeBytes: REDUNDANT_ENV_BYTES, headerFlagByte: true };
    const both = concat(writeUbootEnv([['copy', '0']], { ...shape, flag: one }), writeUbootEnv([['copy', '1']], { ...shape, flag: two }));
    expect(readRedundantEnv(both)!.variables.get('copy')).toBe(String(holds));
  });

  it('is not written a third time with nothing to say', () => expect([4, REDUNDANT_ENV_BYTES + 4].map((at) => writeRedundantEnv([['a', '']])[at])).toEqual([2, 1]));
});
