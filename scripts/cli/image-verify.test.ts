import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { makeSet, type MadeSet } from '../../lib/prepare/testing/make-set';
import { STUB_SETS } from '../../lib/prepare/testing/stub-sets';
import { writeGrubEnv } from '../../lib/seed/grub-env';
import { main } from './main';
import { openForm } from './open-form';
import { openTerminal } from './terminal';
import { makeFolder } from './testing';

// Tools share the machine with others.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const { folder, remove } = makeFolder();
const temporary = path.join(folder, 'tmp');
const IMAGE = 'made/pc.img';
const SYSTEM = 'systems/20260101';
let set: MadeSet;
/** The raw image, which is small. */
let image: Buffer;

type Ended = { code: number; stdout: string; stderr: string };

async function run(...args: string[]): Promise<Ended> {
  const ended = { code: 0, stdout: '', stderr: '' };
  const terminal = { ...openTerminal(folder), write: async (part: string | Uint8Array) => void (ended.stdout += Buffer.from(part).toString()), say: (line: string) => void (ended.stderr += `${line}\n`) };
  return { ...ended, code: await main(args, folder, terminal), stdout: ended.stdout, stderr: ended.stderr };
}
const verify = (...args: string[]) => run('image', 'verify', '--trusted', set.roots, ...args);
/** The code on stderr; empty when all holds. */
const codeOf = ({ code, stderr }: Ended): string => (code === 0 ? '' : stderr.split(':')[0]!);

beforeAll(async () => {
  mkdirSync(temporary);
  vi.stubEnv('TMPDIR', temporary);
  vi.stubEnv('XDG_CACHE_HOME', path.join(folder, 'cache'));
  const full = STUB_SETS['uc24-dangerous'];
  const small = (yaml: string) => yaml.replace('1200M', '36M').replace('1202M', '38M').replace('750M', '1M').replace('size: 1G', 'size: 1M');
  set = await makeSet(path.join(folder, 'set'), { ...full, snaps: full.snaps.map((snap) => (snap.name === 'pc' ? { ...snap, files: { ...snap.files, 'meta/gadget.yaml': small(String((snap.files as Record<string, string>)['meta/gadget.yaml'])) } } : snap)) });
  const own = (name: string) => path.join(set.snaps, name);
  const more = ['--snap', 'extra-one', '--snap', 'app-two', '--snap', own('own-app_0.1+dev.snap'), '--comp', own('own-app+data_7.comp'), '--comp', 'app-one+maps'];
  const built = await run('image', 'build', '--model', set.model, '--snaps', set.snaps, '--assertions', set.assertions, '--trusted', set.roots, '--out', 'made', '--format', 'img,img.zst,img.xz,img.gz,qcow2', ...more);
  expect(built).toMatchObject({ code: 0 });
  image = readFileSync(path.join(folder, IMAGE));
  expect(image.length).toBeLessThan(64 * 2 ** 20);
});
afterAll(() => {
  vi.unstubAllEnvs();
  remove();
});

/** The image with bytes changed. */
async function verifyChanged(changes: readonly (readonly [at: number, byte: number])[], ...args: string[]): Promise<Ended> {
  const copy = Buffer.from(image);
  for (const [at, byte] of changes) copy[at] = byte;
  writeFileSync(path.join(folder, 'changed.img'), copy);
  return verify('changed.img', ...args);
}
const flipped = (at: number): [number, number] => [at, image[at]! ^ 0x10];
/** Where something stands that stands there once. */
function find(what: string | Buffer): number {
  const at = image.indexOf(what);
  expect(at).toBeGreaterThan(0);
  expect(image.indexOf(what, at + 1)).toBe(-1);
  return at;
}
const seedStart = 2 * 2 ** 20;
const snapAt = (name: string) => find(readFileSync(path.join(set.snaps, name)));

/** The image after mtools changed its seed. */
async function verifyEdited(...commands: string[][]): Promise<Ended> {
  copyFileSync(path.join(folder, IMAGE), path.join(folder, 'edited.img'));
  const env = { PATH: '/usr/bin:/bin', MTOOLSRC: '/dev/null', LC_ALL: 'C.UTF-8' } as unknown as NodeJS.ProcessEnv;
  for (const [tool = '', ...args] of commands) execFileSync(tool, ['-i', `edited.img@@${seedStart}`, ...args], { cwd: folder, env, stdio: 'ignore' });
  return verify('edited.img');
}
const fileOf = (name: string, bytes: string | Uint8Array): string => {
  writeFileSync(path.join(folder, name), bytes);
  return name;
};

describe('an image that holds', () => {
  it.each([
    ['pc.img', 'raw'],
    ['pc.img.zst', 'zst'],
    ['pc.img.xz', 'xz'],
    ['pc.img.gz', 'gz'],
    ['pc.qcow2', 'qcow2'],
  ])('%s, whatever it is called', async (name, form) => {
    copyFileSync(path.join(folder, 'made', name), path.join(folder, 'some.file'));
    const { code, stdout, stderr } = await verify('some.file', '--manifest', 'made/lock.json');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.split('\n').slice(0, -1).map((line) => line.split('\t'));
    expect(lines.map(([status]) => status)).toEqual(lines.map(() => 'ok'));
    expect(lines[0]!.slice(1)).toEqual(['form', 'some.file', `${form}, a disk of ${image.length} bytes`]);
    expect(lines.map(([, check]) => check)).toEqual(['form', 'table', 'file-system', 'model', 'assertions', ...lines.slice(5, -2).map(([, check]) => check), 'system', 'manifest']);
    expect(lines.filter(([, check]) => check === 'snap').map(([, , what]) => what).sort()).toEqual(
      ['app-one_21', 'app-two_22', 'core22_12', 'core24_12', 'pc-kernel_11', 'pc_13', 'rescue_23', 'snapd_10'].map((snap) => `snaps/${snap}.snap`).concat(`${SYSTEM}/snaps/extra-one_24.snap`, `${SYSTEM}/snaps/own-app_0.1+dev.snap`).sort(),
    );
    expect(lines.filter(([, check]) => check === 'component').map(([, , what]) => what).sort()).toEqual(['snaps/app-one+maps_6.comp', 'snaps/app-one+wifi_5.comp', `${SYSTEM}/snaps/own-app+data_7.comp`]);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('is told as one object, if wanted', async () => {
    const held = await verify(IMAGE, '--json', '--manifest', 'made/manifest.json');
    expect(held).toMatchObject({ code: 0, stderr: '' });
    const digest = createHash('sha3-384').update(readFileSync(path.join(set.snaps, 'pc_13.snap'))).digest('hex');
    const told = JSON.parse(held.stdout) as { checks: unknown[] };
    expect(told).toMatchObject({ ok: true, form: 'raw', warnings: [] });
    expect(told.checks).toContainEqual({ check: 'snap', what: 'snaps/pc_13.snap', message: `revision 13, 4096 bytes, SHA3-384 ${digest}` });
    const broken = await verifyChanged([flipped(snapAt('pc_13.snap') + 100)], '--json');
    expect(broken.code).toBe(1);
    expect(JSON.parse(broken.stdout)).toMatchObject({ ok: false, code: 'snap-digest', checks: expect.arrayContaining([expect.objectContaining({ check: 'model' })]) as unknown });
    expect(broken.stderr).toMatch(/^snap-digest: snaps\/pc_13\.snap has the SHA3-384 .*\.\n$/);
  });

  it('needs no temporary file where it is read in place, and stays as it is', async () => {
    const before = createHash('sha256').update(readFileSync(path.join(folder, IMAGE))).digest('hex');
    vi.stubEnv('TMPDIR', path.join(folder, 'nowhere'));
    try {
      expect((await verify(IMAGE)).code).toBe(0);
      expect((await verify('made/pc.qcow2')).code).toBe(0);
    } finally {
      vi.stubEnv('TMPDIR', temporary);
    }
    expect(createHash('sha256').update(readFileSync(path.join(folder, IMAGE))).digest('hex')).toBe(before);
  });
});

describe('one changed byte', () => {
  it.each([
    ['image-gpt-crc', 'of the partition table', () => 512 + 60],
    ['image-gpt-crc', 'of a partition', () => 1024 + 70],
    ['image-gpt-backup', 'of the backup', () => image.length - 512 + 60],
    ['image-mbr', 'of the protective partition', () => 454],
    ['image-fat-boot', 'of the boot sector', () => seedStart + 13],
    ['image-fat-boot', 'of what begins the boot sector', () => seedStart],
    ['image-fat-copies', 'of the FAT', () => seedStart + 32 * 512 + 40],
    ['snap-digest', 'of a snap', () => snapAt('app-one_21.snap') + 200],
    ['snap-digest', 'of the padding of a snap', () => snapAt('snapd_10.snap') + 4095],
    ['snap-digest', 'of an extra snap', () => snapAt('extra-one_24.snap') + 300],
    ['component-digest', 'of a component', () => snapAt('app-one+wifi_5.comp') + 200],
    ['model-signature', 'of the model', () => find('display-name: Full Box\n') + 15],
    ['assertion-signature', 'of an assertion', () => find('snap-name: rescue\n') + 12],
  ])('%s: %s', async (code, _, at) => expect(codeOf(await verifyChanged([flipped(at())]))).toBe(code));

  it('is found wherever something is signed', async () => {
    const ranges = ['rescue_23.snap', 'app-one+maps_6.comp'].map((name) => [snapAt(name), 4096] as const);
    const model = find('type: model\n');
    const assertions = find('type: snap-declaration\nauthority-id: canonical\nseries: 16\nsnap-id: PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4');
    const places = fc.oneof(...[...ranges, [model, 1000] as const, [assertions, 2000] as const].map(([start, length]) => fc.integer({ min: start, max: start + length - 1 })));
    await fc.assert(
      fc.asyncProperty(places, fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const ended = await verifyChanged([[at, image[at]! ^ mask]]);
        expect(ended.code).toBe(1);
        expect(ended.stderr).toMatch(/^[a-z0-9-]+: .+\.\n$/);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a file that is not whole', () => {
  it.each([
    ['pc.img', 'image-truncated'],
    ['pc.img.zst', 'form-broken'],
    ['pc.img.xz', 'form-broken'],
    ['pc.img.gz', 'form-broken'],
    ['pc.qcow2', 'image-truncated'],
  ])('%s: %s', async (name, code) => {
    const whole = readFileSync(path.join(folder, 'made', name));
    for (const length of [whole.length - 1, Math.floor(whole.length / 2)]) {
      copyFileSync(path.join(folder, 'made', name), path.join(folder, 'short'));
      truncateSync(path.join(folder, 'short'), length);
      expect(codeOf(await verify('short'))).toBe(code);
    }
    if (code === 'form-broken') expect(codeOf(await verify(fileOf('longer', Buffer.concat([whole, Buffer.from('more')]))))).toBe(code);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('is not unpacked beyond what is allowed', async () => {
    await expect(openForm('made/pc.img.zst', folder, image.length - 1)).rejects.toMatchObject({ code: 'form-too-big' });
    const whole = await openForm('made/pc.img.zst', folder, image.length);
    expect(whole.reader.sizeBytes).toBe(image.length);
    await whole.close();
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.each([
    ['nothing', '', 'image-truncated'],
    ['a text', 'no image\n'.repeat(100), 'image-table-missing'],
  ])('%s is none', async (_, bytes, code) => expect(codeOf(await verify(fileOf('none', bytes)))).toBe(code));
});

describe('a seed that was changed', () => {
  it.each<[string, string, () => string[][]]>([
    ['snap-missing', 'a snap is gone', () => [['mdel', '::/snaps/rescue_23.snap']]],
    ['component-missing', 'a component is gone', () => [['mdel', '::/snaps/app-one+wifi_5.comp']]],
    ['snap-missing', 'what the options name is gone', () => [['mdel', `::/${SYSTEM}/snaps/own-app_0.1+dev.snap`]]],
    ['snap-digest', "another snap's bytes under a name", () => [['mcopy', '-o', path.join(set.snaps, 'rescue_23.snap'), '::/snaps/app-one_21.snap']]],
    ['snap-size', 'a snap of another size', () => [['mcopy', '-o', fileOf('x', 'short'), '::/snaps/app-one_21.snap']]],
    ['seed-unknown-file', 'a snap that nobody speaks of', () => [['mcopy', fileOf('x', 'snap'), '::/snaps/stranger_1.snap']]],
    ['seed-unknown-file', 'one that no options name', () => [['mdel', `::/${SYSTEM}/options.yaml`]]],
    ['seed-model', 'no model', () => [['mdel', `::/${SYSTEM}/model`]]],
    ['seed-model', 'a second model', () => [['mcopy', set.model, `::/${SYSTEM}/assertions/another`]]],
    ['model-signature', "no assertions of the model's", () => [['mdel', `::/${SYSTEM}/assertions/model-etc`]]],
    ['snap-missing', 'no assertions of the snaps', () => [['mdel', `::/${SYSTEM}/assertions/snaps`]]],
    ['seed-kernel', 'another kernel', () => [['mcopy', '-o', fileOf('x', writeGrubEnv([['snapd_recovery_kernel', '/snaps/pc-kernel_12.snap']])), `::/${SYSTEM}/grubenv`]]],
    ['seed-kernel', 'no environment of GRUB', () => [['mcopy', '-o', fileOf('x', 'hello'), `::/${SYSTEM}/grubenv`]]],
    ['seed-kernel', 'no kernel', () => [['mdel', `::/${SYSTEM}/grubenv`]]],
    ['seed-system', 'a system that is not there', () => [['mmove', `::/${SYSTEM}`, '::/systems/20270101']]],
    ['seed-label', 'no label', () => [['mlabel', '::OTHER']]],
    ['seed-options', 'options that lead elsewhere', () => [['mcopy', '-o', fileOf('x', 'snaps:\n  - name: own-app\n    unasserted: ../../../x\n'), `::/${SYSTEM}/options.yaml`]]],
    ['yaml-invalid', 'options that are none', () => [['mcopy', '-o', fileOf('x', 'snaps: [\n'), `::/${SYSTEM}/options.yaml`]]],
    ['assertion-header-syntax', 'no assertion', () => [['mcopy', fileOf('x', 'hello\n\nthere\n'), `::/${SYSTEM}/assertions/extra`]]],
  ])('%s: %s', async (code, _, commands) => {
    const ended = await verifyEdited(...commands());
    expect(codeOf(ended)).toBe(code);
    expect(ended.stderr).toMatch(/^[a-z0-9-]+: .+\.\n$/);
  });

  it('holds after a change that says nothing', async () => expect((await verifyEdited(['mcopy', fileOf('x', 'hello'), '::/README'])).stderr).toBe(''));

  it('is believed by its own roots only', async () => {
    const other = await makeSet(path.join(folder, 'other'), { ...STUB_SETS['uc22-signed'], snaps: [] });
    expect(codeOf(await run('image', 'verify', '--trusted', other.roots, IMAGE))).toBe('model-signature');
    expect(codeOf(await run('image', 'verify', IMAGE))).toBe('model-signature');
    expect(codeOf(await run('image', 'verify', IMAGE, '--trusted', set.model))).toBe('anchor-missing');
  });
});

describe('a manifest', () => {
  type Lock = { label: string; model: { sha3_384: string }; snaps: { name: string; revision: number; sha3_384: string; components: { revision: number }[] }[] };
  const changed = (change: (lock: Lock) => void): string => {
    const lock = JSON.parse(readFileSync(path.join(folder, 'made/lock.json'), 'utf8')) as Lock;
    change(lock);
    return fileOf('m.json', JSON.stringify(lock));
  };
  it.each<[string, string, (lock: Lock) => void]>([
    ['manifest-mismatch', 'another model', (lock) => (lock.model.sha3_384 = '0'.repeat(96))],
    ['manifest-mismatch', 'another system', (lock) => (lock.label = '20270101')],
    ['manifest-mismatch', 'another revision', (lock) => (lock.snaps[1]!.revision += 1)],
    ['manifest-mismatch', 'another digest', (lock) => (lock.snaps[1]!.sha3_384 = '0'.repeat(96))],
    ['manifest-mismatch', 'another component', (lock) => (lock.snaps.find(({ components }) => components.length > 0)!.components[0]!.revision = 99)],
    ['manifest-mismatch', 'a snap less', (lock) => lock.snaps.pop()],
    ['manifest-mismatch', 'a snap more', (lock) => lock.snaps.push({ ...lock.snaps[0]!, name: 'more' })],
    ['manifest-mismatch', 'a snap twice', (lock) => lock.snaps.push(lock.snaps[0]!)],
    ['manifest-format', 'a snap without a name', (lock) => (lock.snaps[0]! = {} as Lock['snaps'][number])],
  ])('%s: %s', async (code, _, change) => expect(codeOf(await verify(IMAGE, '--manifest', changed(change)))).toBe(code));

  it.each([
    ['manifest-format', '{}'],
    ['manifest-format', '[]'],
    ['json-malformed', '{'],
  ])('%s: %s', async (code, text) => expect(codeOf(await verify(IMAGE, '--manifest', fileOf('m.json', text)))).toBe(code));
});

describe('a call that is wrong', () => {
  it.each([
    ['no file', []],
    ['two files', ['a', 'b']],
    ['standard input', ['-']],
    ['a file that is not there', ['none.img']],
    ['a folder', ['made']],
    ['a manifest that is not there', [IMAGE, '--manifest', 'none.json']],
  ])('ends with 2: %s', async (_, args) => {
    expect((await verify(...args)).code).toBe(2);
  });
});
