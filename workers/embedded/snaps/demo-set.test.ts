import { describe, expect, it } from 'vitest';
import { isSnapId } from '@/lib/snap/names';
import { parseSnapYaml } from '@/lib/snap/snap-yaml';
import { ARCHITECTURES } from './architecture';
import { demoSet } from './demo-set';
import { SNAP_IDS, TITLES } from './recipe';
import { snapVersion, snapYaml } from './snap-yaml';

const ALL = ARCHITECTURES.flatMap(demoSet);

describe.each(ARCHITECTURES)('the set of demo snaps for %s', (architecture) => {
  const set = demoSet(architecture);
  const released = set.flatMap(({ name, releases }) => releases.map((one) => ({ name, ...one })));

  it('has every snap under an id of its own', () => {
    expect(new Set(set.map((one) => one.name))).toEqual(new Set(Object.keys(SNAP_IDS)));
    expect(Object.values(SNAP_IDS).every(isSnapId)).toBe(true);
    expect(new Set(Object.values(SNAP_IDS)).size).toBe(Object.keys(SNAP_IDS).length);
  });

  it('releases one revision a channel, and a file as one revision', () => {
    expect(new Set(released.map((one) => `${one.name} ${one.channel}`)).size).toBe(released.length);
    for (const { releases } of set) expect(new Set(releases.map((one) => one.revision)).size).toBe(1);
    expect(released.every((one) => one.architecture === architecture)).toBe(true);
    expect(new Set(ALL.map((one) => one.fileName)).size).toBe(ALL.length);
    expect(new Set(ALL.map((one) => `${one.name} ${one.releases[0]?.revision}`)).size).toBe(ALL.length);
  });

  it('has all that a model of either track asks for', () => {
    const has = (name: string, channel: string) => released.some((one) => one.name === name && one.channel === channel);
    for (const track of ['22', '24']) expect([has('pc', `${track}/stable`), has('pc-kernel', `${track}/stable`), has(`core${track}`, 'latest/stable')]).toEqual([true, true, true]);
    expect([has('snapd', 'latest/stable'), has('hello-imprint', 'latest/stable')]).toEqual([true, true]);
  });
});

describe('the snap.yaml of a demo snap', () => {
  it.each(ARCHITECTURES)('reads as what was said, for %s', (architecture) => {
    const info = parseSnapYaml(snapYaml('pc', '24-demo', architecture, { type: 'gadget', base: 'core24' }));
    expect(info).toMatchObject({ name: 'pc', version: '24-demo', type: 'gadget', base: 'core24', architectures: [architecture] });
  });

  it('says of every stand-in that it is a demo', () => {
    for (const [name, { title }] of Object.entries(TITLES)) expect(name === 'hello-imprint' || title.includes('(demo)')).toBe(true);
  });

  it.each([
    ['6.12.107-1', '6.12.107-1'],
    ['1:2.0~rc1+b2', '1:2.0~rc1+b2'],
    ['1.0_x y', '1.0-x-y'],
    ['2.57.6-1+deb12u1+b2.and.so.on.and.on', '2.57.6-1+deb12u1+b2.and.so.on.an'],
    ['1234567890123456789012345678901.5', '1234567890123456789012345678901'],
  ])('has a version that snapd takes for %s', (given, version) => expect(snapVersion(given)).toBe(version));
});
