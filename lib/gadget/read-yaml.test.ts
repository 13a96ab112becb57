import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseKernelYaml } from './kernel-yaml';
import { parseGadget } from './parse';
import { MIB } from './quantity';

const FIXTURE = readFileSync(new URL('./fixtures/seed-boot-data.yaml', import.meta.url), 'utf8');
const BOOT = 'type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4\n        size: 64M\n';
/** The fixture with lines in its second structure, and at its end. */
const gadget = (inBoot: string, atEnd = '') =>
  `${FIXTURE.replace(BOOT, `${BOOT}        ${inBoot}\n`)}${atEnd}\n`;
const refusal = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    return { code: (error as { code?: string }).code, message: (error as Error).message };
  }
  return undefined;
};
const dataOf = (file: string | Uint8Array) => parseGadget(file).volumes[0]!.structures[2]!;

describe('an empty text in gadget.yaml', () => {
  const EMPTY = ['""', "''", '!!str', '|\n', '!!binary ""'];
  it.each([
    ['volumes.pc.structure[1].content', 'list', (value: string) => gadget(`content: ${value}`)],
    ['volumes.pc.structure[1].update', 'map', (value: string) => gadget(`update: ${value}`)],
    [
      'volumes.pc.structure[1].update.preserve',
      'list',
      (value: string) => gadget(`update:\n          preserve: ${value}`),
    ],
    ['volumes.sd.structure', 'list', (value: string) => gadget('', `  sd:\n    structure: ${value}`)],
    ['volumes.sd.partial', 'list', (value: string) => gadget('', `  sd:\n    partial: ${value}`)],
    ['connections', 'list', (value: string) => gadget('', `connections: ${value}`)],
    ['volume-assignments', 'list', (value: string) => gadget('', `volume-assignments: ${value}`)],
    ['defaults', 'map', (value: string) => gadget('', `defaults: ${value}`)],
    ['defaults.system', 'map', (value: string) => gadget('', `defaults:\n  system: ${value}`)],
    ['kernel-cmdline', 'map', (value: string) => gadget('', `kernel-cmdline: ${value}`)],
    ['kernel-cmdline.append', 'list', (value: string) => gadget('', `kernel-cmdline:\n  append: ${value}`)],
    ['kernel-cmdline.remove', 'list', (value: string) => gadget('', `kernel-cmdline:\n  remove: ${value}`)],
    ['kernel-cmdline.allow', 'list', (value: string) => gadget('', `kernel-cmdline:\n  allow: ${value}`)],
  ])('at %s is no %s', (path, kind, write) => {
    for (const value of EMPTY) {
      const found = refusal(() => parseGadget(write(value)));
      expect(found).toMatchObject({
        code: 'gadget-yaml-syntax',
        message: expect.stringContaining(`gadget.yaml, ${path}: this must be a ${kind}`) as string,
      });
    }
    for (const value of ['', '~', 'null', '!!null ""', kind === 'list' ? '[]' : '{}'])
      expect(refusal(() => parseGadget(write(value)))).toBeUndefined();
    for (const value of ['x', '1', kind === 'list' ? '{}' : '[]'])
      expect(refusal(() => parseGadget(write(value)))?.code).toBe('gadget-yaml-syntax');
  });

  it('is no map or list in kernel.yaml either', () => {
    for (const text of ['assets: ""', 'assets:\n  a: ""', 'assets:\n  a:\n    content: ""', '""']) {
      expect(refusal(() => parseKernelYaml(text))).toMatchObject({ code: 'gadget-kernel-ref-invalid' });
      expect(refusal(() => parseKernelYaml(text.replace('""', '~')))).toBeUndefined();
    }
  });
});

describe('a line of gadget.yaml', () => {
  const BREAKS = ['\n', '\r\n', '\r', '\u0085', '\u2028', '\u2029'];
  it('ends at each break of YAML 1.1, behind a comment and behind a value', () => {
    for (const end of BREAKS) {
      expect(dataOf(FIXTURE.replace('little\n', `little${end}`))).toMatchObject({
        sizeBytes: 128 * MIB,
        minSizeBytes: 32 * MIB,
      });
      expect(dataOf(FIXTURE.replace(' # the demo needs little\n', end))).toMatchObject({
        sizeBytes: 128 * MIB,
        minSizeBytes: 32 * MIB,
      });
      expect(dataOf(FIXTURE.replaceAll('\n', end))).toMatchObject({ minSizeBytes: 32 * MIB });
      expect(dataOf(FIXTURE.replace('name: ubuntu-data', `name: "ubuntu${end}          data"`)).name).toBe(
        `ubuntu${/[\u2028\u2029]/.test(end) ? end : ' '}data`,
      );
    }
  });

  it.each(['\v', '\f', '\0', '\x7f', '\x85\x07'])('does not end at %j, which is refused', (character) =>
    expect(refusal(() => parseGadget(FIXTURE.replace('little\n', `little${character}`)))).toMatchObject({
      code: 'gadget-yaml-syntax',
      message: expect.stringMatching(/line 2[34]: U\+/) as string,
    }),
  );
});

describe('what follows the first document of gadget.yaml', () => {
  it.each(['---', '---\n', '...', '---\nnotes: [of the author\n', '...\n}', '--- {', '---\n--- a\n...'])(
    'is not looked at: %j',
    (end) => expect(parseGadget(FIXTURE + end)).toEqual(parseGadget(FIXTURE)),
  );

  it.each(['---\n---\n', '---\n...\n', '--- ~\n---\n', '# nothing\n---\n---\n'])(
    'is not looked at where the first is empty, which has no volume: %j',
    (start) => expect(refusal(() => parseGadget(start + FIXTURE))?.code).toBe('gadget-volume-invalid'),
  );

  it('may stand behind a start', () =>
    expect(parseGadget(`--- # a\n${FIXTURE}`)).toEqual(parseGadget(FIXTURE)));
});

describe('a value of gadget.yaml', () => {
  const unpack = (word: string) =>
    FIXTURE.replace(
      'target: EFI/boot/grubx64.efi\n',
      `target: EFI/boot/grubx64.efi\n            unpack: ${word}\n`,
    );
  it.each(['true', 'yes', 'On', 'n', 'OFF', '~', '', '!!bool "yes"'])('is true or false as %s', (word) =>
    expect(refusal(() => parseGadget(unpack(word)))).toBeUndefined(),
  );
  it.each(['"true"', "'no'", '""', '1', 'tRUE', '!!str yes', '!!bool 1', '[true]'])(
    'is neither true nor false as %s',
    (word) => expect(refusal(() => parseGadget(unpack(word)))?.code).toBe('gadget-yaml-syntax'),
  );

  const size = (text: string) => FIXTURE.replace('size: 128M', `size: ${text}`);
  it.each([
    ['134217728', 128 * MIB],
    ['"128M"', 128 * MIB],
    ['!!str 128M', 128 * MIB],
    ['!!int 134217728', 134217728],
    ['!!binary MTI4TQ==', 128 * MIB],
    ['!a 128M', 128 * MIB],
    [`${'0'.repeat(30)}128M`, 128 * MIB],
    ['17592186044544M', 128 * MIB],
    ['17179869185G', 1024 * MIB],
  ])('is a size as %s', (text, bytes) => expect(dataOf(size(text)).sizeBytes).toBe(bytes));

  it.each([
    '18446744073709551615',
    '18446744073709551616',
    '9223372036854775808',
    '17592186044416M',
    '8796093022208M',
    '8589934592G',
    '134_217_728',
    '0x8000000',
    '1e9',
    '+128M',
    '--128M',
    '-1',
    '-0',
    '128 M',
    '""',
    '"~"',
    'NULL',
    '!!int 128M',
    '[128M]',
  ])('is no size as %s', (text) =>
    expect(refusal(() => parseGadget(size(text)))?.code).toMatch(/^gadget-(?:size-invalid|yaml-syntax)$/),
  );

  it.each(['offset', 'min-size', 'offset-write'])(
    'of the key %s says nothing as ~ and null, and is none as Null',
    (key) => {
      expect(refusal(() => parseGadget(gadget(`${key}: ~`)))).toBeUndefined();
      expect(refusal(() => parseGadget(gadget(`${key}: null`)))).toBeUndefined();
      for (const text of ['Null', 'NULL', '""', '"null"'])
        expect(refusal(() => parseGadget(gadget(`${key}: ${text}`)))).toBeDefined();
    },
  );

  it.each(['slot: Null', 'slot: ""', 'plug: NULL'])('connects nothing as %s', (line) =>
    expect(
      refusal(() =>
        parseGadget(
          gadget(
            '',
            `connections:\n  - plug: "system:a"\n    ${line}`.replace(
              / {2}- plug: "system:a"\n {4}(plug)/,
              '  - $1',
            ),
          ),
        ),
      )?.code,
    ).toBe('gadget-connection-invalid'),
  );

  it('is not looked at where snapd does not know its key', () => {
    for (const value of ['!!int x', '{? [a] : b}', '{<<: {}}', '{!!bool a: b}', '""'])
      expect(refusal(() => parseGadget(gadget(`other: ${value}`, `more: ${value}`)))).toBeUndefined();
    expect(
      refusal(() => parseGadget(gadget('~: a\n        1: b\n        "": c'.replace('"": c', 'true: c')))),
    ).toBeUndefined();
  });

  it('sets no options whose names are longer than the file many times over', () => {
    const nested = (leaves: number) => {
      const keys = Array.from({ length: 25 }, (_, i) => `${' '.repeat(i + 4)}${'k'.repeat(900)}:\n`).join('');
      return `defaults:\n  system:\n${keys}${Array.from({ length: leaves }, (_, i) => `${' '.repeat(30)}a${i}: x\n`).join('')}`;
    };
    expect(refusal(() => parseGadget(gadget('', nested(100))))).toBeUndefined();
    expect(refusal(() => parseGadget(gadget('', nested(20_000))))?.code).toBe('gadget-too-big');
  });

  it('keeps a map from being read by a key that is none', () => {
    for (const key of ['? [a]\n        ', '<<', '!!int a', '{}'])
      expect(refusal(() => parseGadget(gadget(`${key}: b`)))?.code).toBe('gadget-yaml-syntax');
  });
});
