import { describe, expect, it } from 'vitest';
import { checkSeed, type SeedCheck, type SnapToCheck } from './check-seed';

type Change = Partial<Omit<SnapToCheck, 'info'>> & { info?: Partial<SnapToCheck['info']> };
const snap = (name: string, type: string, { info, ...more }: Change = {}): SnapToCheck => ({
  name, wantedType: type, modes: type === 'app' || (type === 'base' && name !== 'core24') ? ['run'] : ['run', 'ephemeral'], inModel: true, publisherId: 'canonical', ...more,
  info: { type, base: type === 'app' || type === 'gadget' ? 'core24' : undefined, architectures: ['amd64'], confinement: 'strict', contentPlugs: [], contentSlots: [], ...info },
});
const essentials = (change: Record<string, Change> = {}) => [snap('snapd', 'snapd', change.snapd), snap('pc-kernel', 'kernel', change.kernel), snap('core24', 'base', change.base), snap('pc', 'gadget', change.gadget)];
const check = (snaps: SnapToCheck[], more: Partial<SeedCheck> = {}) =>
  checkSeed({ model: { brandId: 'acme', architecture: 'amd64', base: 'core24', grade: 'signed' }, snaps, trustedPublishers: ['canonical'], ...more }).map((p) => `${p.severity ?? 'error'} ${p.code} ${p.path}`);
const withApp = (change: Change, ...others: SnapToCheck[]) => check([...essentials(), snap('app', 'app', change), ...others]);
const plug = (defaultProvider: string | undefined, content = 'gfx') => ({ name: 'p', content, defaultProvider });
const provider = (name: string, content = 'gfx') => snap(name, 'app', { info: { contentSlots: [{ name: 's', content }] } });

describe('snaps to seed', () => {
  it('have no problem when they fit', () => expect(withApp({})).toEqual([]));
  it('may be for all architectures', () => expect(withApp({ info: { architectures: ['all'] } })).toEqual([]));
  it('may come of the brand itself', () => expect(check(essentials({ gadget: { publisherId: 'acme' }, kernel: { publisherId: 'acme' } }))).toEqual([]));
  it('may be apps of anybody', () => expect(withApp({ publisherId: 'somebody' })).toEqual([]));

  it.each<[string, string[]]>([
    ['error snap-publisher snaps.pc', check(essentials({ gadget: { publisherId: 'globex' } }))],
    ['error snap-publisher snaps.pc-kernel', check(essentials({ kernel: { publisherId: 'globex' } }))],
    ['error gadget-base snaps.pc', check(essentials({ gadget: { info: { base: 'core22' } } }))],
    ['error snap-arch snaps.app', withApp({ info: { architectures: ['arm64', 'armhf'] } })],
    ['error snap-type snaps.app', withApp({ wantedType: 'base' })],
    ['error snap-classic snaps.app', withApp({ info: { confinement: 'classic' } })],
    ['error model-grade-forbids-devmode snaps.app', withApp({ info: { confinement: 'devmode' } })],
    ['error model-grade-forbids-extra snaps.app', withApp({ inModel: false })],
  ])('have %s', (problem, found) => expect(found).toContain(problem));

  it('of grade dangerous may be in devmode and beside the model, never classic', () => {
    const dangerous = { model: { brandId: 'acme', architecture: 'amd64', base: 'core24', grade: 'dangerous' as const } };
    expect(check([...essentials(), snap('app', 'app', { inModel: false, info: { confinement: 'devmode' } })], dangerous)).toEqual([]);
    expect(check([...essentials(), snap('app', 'app', { info: { confinement: 'classic' } })], dangerous)).toEqual(['error snap-classic snaps.app']);
  });
});

describe('a base', () => {
  it('must be among the snaps', () => {
    expect(withApp({ info: { base: 'core22' } })).toEqual(['error base-missing snaps.app']);
    expect(withApp({ info: { base: 'core22' } }, snap('core22', 'base'))).toEqual([]);
  });
  it('is core for apps that name none', () => {
    expect(withApp({ info: { base: undefined } })).toEqual(['error base-missing snaps.app']);
    expect(withApp({ info: { base: undefined } }, snap('core', 'core'))).toEqual([]);
    expect(withApp({ info: { base: 'core16' } }, snap('core', 'core'))).toEqual(['error base-missing snaps.app']);
  });
  it('is not needed when it is none', () => expect(withApp({ info: { base: 'none' } })).toEqual([]));
  it('must be there in the modes of the snap', () => {
    expect(withApp({ modes: ['run', 'ephemeral'], info: { base: 'core22' } }, snap('core22', 'base'))).toEqual(['error base-missing snaps.app']);
    expect(withApp({ modes: ['recover'], info: { base: 'core22' } }, snap('core22', 'base', { modes: ['ephemeral'] }))).toEqual([]);
    expect(withApp({ modes: ['recover'], info: { base: 'core22' } }, snap('core22', 'base', { modes: ['install'] }))).toEqual(['error base-missing snaps.app']);
  });
});

describe('a default provider', () => {
  it('must be among the snaps', () => {
    expect(withApp({ info: { contentPlugs: [plug('gfx-snap')] } })).toEqual(['error provider-missing snaps.app']);
    expect(withApp({ info: { contentPlugs: [plug('gfx-snap')] } }, provider('gfx-snap'))).toEqual([]);
    expect(withApp({ info: { contentPlugs: [plug('gfx-snap')] } }, provider('gfx-snap', 'other'))).toEqual(['error provider-without-slot snaps.app']);
  });
  it('is ambiguous beside another, or when only another is there', () => {
    expect(withApp({ info: { contentPlugs: [plug('gfx-snap')] } }, provider('gfx-snap'), provider('gfx-2'))).toEqual(['warning provider-ambiguous snaps.app']);
    expect(withApp({ info: { contentPlugs: [plug('gfx-snap')] } }, provider('gfx-2'))).toEqual(['warning provider-ambiguous snaps.app']);
  });
  it('cannot be told by a compatibility label', () => {
    const labelled = { name: 'p', content: '', defaultProvider: 'gfx-snap' };
    expect(withApp({ info: { contentPlugs: [labelled] } }, snap('gfx-snap', 'app', { info: { base: 'none', contentSlots: [{ name: 's', content: '' }] } }))).toEqual(['error provider-missing snaps.app']);
    expect(withApp({ info: { contentPlugs: [{ ...labelled, defaultProvider: undefined }] } })).toEqual([]);
  });
  it('is not looked for when none is named', () => expect(withApp({ info: { contentPlugs: [plug(undefined)] } })).toEqual([]));
  it('that is missing in several modes is told once', () => expect(withApp({ modes: ['run', 'ephemeral', 'recover'], info: { contentPlugs: [plug('gfx-snap')] } })).toEqual(['error provider-missing snaps.app']));
});

describe('snapd and the kernel', () => {
  const pair = (snapdVersion?: string, kernelSnapdVersion?: string) => check(essentials(), { snapdVersion, kernelSnapdVersion });
  it('must both be new or the kernel newer', () => {
    expect(pair('2.68', '2.67.1')).toEqual(['error kernel-snapd-mismatch snaps']);
    expect(pair('2.70+git1', '2.63')).toEqual(['error kernel-snapd-mismatch snaps']);
    for (const [a, b] of [['2.68', '2.68'], ['2.67', '2.63'], ['2.67', '2.70'], ['3.0', '2.68.4']]) expect(pair(a, b)).toEqual([]);
  });
  it('do not fit when the kernel does not say what it was made with', () => expect(pair('2.70', undefined)).toEqual(['error kernel-snapd-mismatch snaps']));
  it('are not compared when snapd does not say what it is', () => expect(pair(undefined, '2.63')).toEqual([]));
  it('may be mixed by who knows better', () => expect(check(essentials(), { snapdVersion: '2.70', allowKernelMismatch: true })).toEqual(['warning kernel-snapd-mismatch snaps']));
});
