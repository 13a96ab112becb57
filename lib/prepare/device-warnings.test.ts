import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Headers } from '../assertion/assertion';
import type { Warning } from '../warnings';
import { describeImage } from './evidence';
import { BOARD_SETS } from './testing/board-sets';
import { makeSet, stubId, type StubSet, type StubSnap } from './testing/make-set';
import { assertionsOf, prepareSet } from './testing/prepare-set';
import { STUB_SETS } from './testing/stub-sets';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const PLAIN = STUB_SETS['uc22-signed'];

async function made(set: StubSet) {
  const folder = await mkdtemp(path.join(tmpdir(), 'imprint-device-'));
  folders.push(folder);
  return makeSet(folder, set);
}

/** What its image is warned of. */
async function warningsOf(set: StubSet): Promise<Warning[]> {
  return (await prepareSet(await made(set), {}, { seedOnly: true })).warnings;
}

/** With these apps too. */
function withApps(...apps: StubSnap[]): StubSet {
  const entries = apps.map(({ name }): Headers => ({ name, id: stubId(name), type: 'app' }));
  const snaps = [...(PLAIN.model['snaps'] as Headers[]), ...entries];
  return { ...PLAIN, model: { ...PLAIN.model, snaps }, snaps: [...PLAIN.snaps, ...apps] };
}

const app = (name: string, yaml: string): StubSnap => ({ name, base: 'core22', revision: 21, yaml });

describe('a device that would stop at a snap is warned of', () => {
  it('when the snap assumes what its snapd does not have', async () => {
    const [warning, ...others] = await warningsOf(
      withApps(app('ui', 'assumes: [snapd2.50, snapd2.99, no-such-feature]\n')),
    );
    expect(warning).toMatchObject({ code: 'assumes-unmet' });
    expect(warning!.message).toMatch(/ui assumes snapd2\.99, no-such-feature, .* 2\.67,/);
    expect(others).toEqual([]);
    expect(await warningsOf(withApps(app('ui', 'assumes: [snapd2.60, snap-env]\n')))).toEqual([]);
  });

  it('when the snap wants a system user that snapd does not make', async () => {
    const users = 'system-usernames:\n  snap_daemon: shared\n  nobody-knows: {scope: shared}\n';
    const [warning] = await warningsOf(withApps(app('ui', users)));
    expect(warning).toMatchObject({ code: 'system-username-refused' });
    expect(warning!.message).toContain('ui wants the system user nobody-knows (scope shared)');
  });
});

describe('a boot loader that lacks what it starts is warned of', () => {
  /** With other files in the kernel, or the gadget. */
  const changed = (set: StubSet, name: string, files: StubSnap['files']): StubSet => ({
    ...set,
    snaps: set.snaps.map((snap) => (snap.name === name ? { ...snap, files } : snap)),
  });
  const filesOf = (set: StubSet, name: string) => set.snaps.find((snap) => snap.name === name)!.files!;
  const without = (set: StubSet, name: string, ...paths: string[]) =>
    changed(
      set,
      name,
      Object.fromEntries(Object.entries(filesOf(set, name)).filter(([path]) => !paths.includes(path))),
    );
  const withFiles = (set: StubSet, name: string, files: StubSnap['files']) =>
    changed(set, name, { ...filesOf(set, name), ...files });
  const board = (name: string) => BOARD_SETS[name]!.set;
  const FIT = new Uint8Array(2_000_000);
  FIT.set([0xd0, 0x0d, 0xfe, 0xed]);
  const UBOOT = board('UC20 with U-Boot');
  const PI = board('UC22 on a Raspberry Pi');

  it.each<[string, StubSet, string, string]>([
    ['GRUB', without(PLAIN, 'pc-kernel', 'kernel.efi'), 'kernel.efi', 'GRUB'],
    [
      'the GRUB of UC18',
      withFiles(without(STUB_SETS.uc18, 'pc-kernel', 'initrd.img'), 'pc', {
        'grub.conf': 'linux (loop)/kernel.img\n initrd (loop)/initrd.img',
      }),
      'initrd.img',
      'GRUB',
    ],
    ['U-Boot', without(UBOOT, 'pc-kernel', 'kernel.img', 'initrd.img'), 'kernel.img, initrd.img', 'U-Boot'],
    [
      'a script of U-Boot',
      withFiles(UBOOT, 'pc', { 'boot-assets/boot.scr': '\0load dtbs/imx8.dtb;' }),
      'dtbs/imx8.dtb',
      'U-Boot',
    ],
    [
      'the environment of U-Boot in a partition',
      without(board('UC22 with the environment of U-Boot in a partition'), 'pc-kernel', 'kernel.img'),
      'kernel.img',
      'U-Boot',
    ],
    ['U-Boot of UC18', without(STUB_SETS['uc18-pi'], 'pi-kernel', 'kernel.img'), 'kernel.img', 'U-Boot'],
    [
      'a Raspberry Pi',
      without(PI, 'pc-kernel', 'kernel.img', 'initrd.img'),
      'kernel.img, initrd.img',
      'firmware',
    ],
    [
      'a Raspberry Pi by its config.txt',
      withFiles(PI, 'pc', {
        'boot-assets/config.txt': '[all]\nkernel=vmlinuz\ninitramfs initrd.img followkernel\n',
      }),
      'vmlinuz',
      'firmware',
    ],
  ])('%s', async (_, set, paths, loader) => {
    const all = await warningsOf(set);
    const [warning, ...others] = all.filter(({ code }) => code !== 'core-added');
    expect(warning).toMatchObject({ code: 'kernel-file-missing' });
    expect(warning!.message).toContain(`has no ${paths}, which `);
    expect(warning!.message).toContain(loader);
    expect(others).toEqual([]);
  });

  it.each<[string, StubSet]>([
    ['GRUB', PLAIN],
    ['U-Boot', UBOOT],
    ['a Raspberry Pi', PI],
    [
      'a FIT image, which has the rest in it',
      withFiles(without(UBOOT, 'pc-kernel', 'initrd.img'), 'pc-kernel', {
        'kernel.img': FIT,
      }),
    ],
    [
      'a script that takes any device tree',
      withFiles(UBOOT, 'pc', { 'boot-assets/boot.scr': 'load ${kernel}/dtbs/${fdtfile}' }),
    ],
  ])('but not %s', async (_, set) => expect(await warningsOf(set)).toEqual([]));
});

describe('a seed that devices take otherwise than meant is warned of', () => {
  const user: Headers = {
    type: 'system-user',
    'brand-id': 'acme',
    email: 'me@example.com',
    series: ['16'],
    models: ['full'],
    name: 'Me',
    username: 'me',
    'ssh-keys': ['ssh-ed25519 AAAA me'],
    since: '2024-01-01T00:00:00Z',
    until: '2034-01-01T00:00:00Z',
  };
  const withUsers = async (...extra: Headers[]) => {
    const set = await made({ ...STUB_SETS['uc24-dangerous'], extra });
    const files = await Promise.all(
      extra.map((_, i) => assertionsOf(path.join(set.folder, `extra${i}.assert`))),
    );
    return prepareSet(set, { assertions: files.flat() }, { seedOnly: true });
  };

  it('a system-user for another model', async () => {
    const { warnings } = await withUsers({ ...user, models: ['crate'] });
    expect(warnings).toEqual([
      {
        code: 'system-user-ignored',
        message: expect.stringMatching(/me@example\.com.*model crate, not for full/) as unknown,
      },
    ]);
    expect((await withUsers(user)).warnings).toEqual([]);
  });

  it('a system-user whose time is over, and the manifest, the same at any time, is silent', async () => {
    const image = await withUsers({ ...user, until: '2025-01-01T00:00:00Z' });
    expect(image.warnings.map(({ code }) => code)).toEqual(['system-user-untimely']);
    expect(describeImage(image)['warnings']).toEqual([]);
  });

  it('a model from the future', async () => {
    const dated = (timestamp: string) => warningsOf({ ...PLAIN, model: { ...PLAIN.model, timestamp } });
    const [warning] = await dated('2031-01-01T00:00:00Z');
    expect(warning).toMatchObject({ code: 'timestamp-ahead' });
    expect(warning!.message).toMatch(
      /model\/16\/acme\/plain, 2031-01-01T00:00:00Z, is ahead of the clock.* named 20310101/,
    );
    expect(await dated('2026-05-31T00:00:00Z')).toEqual([]);
  });
});

describe('a default provider that is there and has no such slot', () => {
  const plug =
    'plugs: {themes: {interface: content, content: gtk-3, target: $SNAP/t, default-provider: themes}}\n';
  const slot = (content: string) => `slots: {s: {interface: content, content: ${content}, read: [/]}}\n`;
  const seed = (themes: string) => warningsOf(withApps(app('ui', plug), app('themes', themes)));

  it('is told as that, not as missing', async () => {
    const words = /ui takes content "gtk-3" from themes, and themes is there but offers no content "gtk-3"/;
    for (const themes of ['', slot('gtk-4')]) {
      const refusal = await seed(themes).catch((error: unknown) => error);
      expect(refusal).toMatchObject({
        code: 'provider-without-slot',
        message: expect.stringMatching(words) as unknown,
      });
    }
    expect(await seed(slot('gtk-3'))).toEqual([]);
  });

  it('and one that the model has, but not in the image, is told as left out or in other modes', async () => {
    const entryOf = async (more: Headers) => {
      const set = withApps(app('ui', plug), app('themes', slot('gtk-3')));
      const snaps = (set.model['snaps'] as Headers[]).map((each) =>
        each['name'] === 'themes' ? { ...each, ...more } : each,
      );
      return warningsOf({ ...set, model: { ...set.model, snaps } }).catch((error: unknown) => error);
    };
    const missing = (words: string) => ({
      code: 'provider-missing',
      message: expect.stringContaining(words) as unknown,
    });
    expect(await entryOf({ presence: 'optional' })).toMatchObject(
      missing('themes is optional in the model and was left out'),
    );
    expect(await entryOf({ modes: ['recover'] })).toMatchObject(
      missing('themes is there in other modes: add run'),
    );
  });
});
