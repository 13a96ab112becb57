import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Headers } from '../assertion/assertion';
import type { Warning } from '../warnings';
import { makeSet, stubId, type StubSet, type StubSnap } from './testing/make-set';
import { prepareSet } from './testing/prepare-set';
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
