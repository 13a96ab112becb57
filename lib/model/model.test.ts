import { describe, expect, it } from 'vitest';
import { hybrid, oldClassic, uc16, uc18Pi, uc24 } from './fixtures/models';
import { essentialSnaps, parseModel } from './model';
import { whyNotBuildable } from './buildable';

const parse = (headers: ReturnType<typeof uc16>, revision = 0) => parseModel({ headers, revision });
const names = (model: ReturnType<typeof parse>) => model.snaps.map((snap) => `${snap.name}${snap.implied ? '*' : ''}`);

describe('a model as a build reads it', () => {
  it('has its essential snaps first, in boot order, wherever they are listed', () => {
    const model = parse({ ...uc24(), snaps: [...uc24().snaps].reverse() }, 3);
    expect(names(model)).toEqual(['snapd', 'pc-kernel', 'core24', 'pc', 'kiosk']);
    expect(essentialSnaps(model).map((snap) => snap.name)).toEqual(['snapd', 'pc-kernel', 'core24', 'pc']);
    expect(model).toMatchObject({ brandId: 'acme', name: 'acme-kiosk', displayName: 'Acme Kiosk', revision: 3, base: 'core24', grade: 'signed', storageSafety: 'prefer-encrypted', extended: true, classic: false });
  });

  it('has every default filled in', () => {
    const model = parse({ ...uc24(), grade: 'secured', 'display-name': '', snaps: [...uc24().snaps.slice(0, 4), { name: 'kiosk', id: 'x'.repeat(32), components: { wifi: 'optional', gpu: { presence: 'required', modes: ['run'] } } }] });
    expect(model.storageSafety).toBe('encrypted');
    expect(model.displayName).toBe('acme-kiosk');
    expect(model.snaps[4]).toMatchObject({ type: 'app', presence: 'required', modes: ['run'], defaultChannel: 'latest/stable', classic: false, essential: false });
    expect({ ...model.snaps[4]!.components }).toEqual({ wifi: { presence: 'optional', modes: ['run'] }, gpu: { presence: 'required', modes: ['run'] } });
    expect(model.snaps[1]!.modes).toEqual(['run', 'ephemeral']);
  });

  it('implies snapd and a base that it does not list, by the ids that snapd knows', () => {
    const { snaps } = uc24();
    const model = parse({ ...uc24(), snaps: snaps.filter((entry) => entry.name !== 'snapd' && entry.name !== 'core24') });
    expect(names(model)).toEqual(['snapd*', 'pc-kernel', 'core24*', 'pc', 'kiosk']);
    expect(model.snaps[2]).toMatchObject({ snapId: 'dwTAh7MZZ01zyriOZErqd1JynQLiOGvM', defaultChannel: 'latest/stable', essential: true });
  });

  it('of UC18 pins its tracks and implies snapd', () => {
    const model = parse(uc18Pi());
    expect(names(model)).toEqual(['snapd*', 'pi-kernel', 'core18', 'pi', 'network-manager']);
    expect(model).toMatchObject({ architecture: 'armhf', grade: undefined, storageSafety: undefined, extended: false });
    expect(model.snaps[1]).toMatchObject({ type: 'kernel', pinnedTrack: '18-pi3', defaultChannel: '', snapId: undefined });
    expect(model.snaps[4]).toMatchObject({ type: undefined, essential: false });
  });

  it('of UC16 implies core, and old classic nothing', () => {
    expect(names(parse(uc16()))).toEqual(['core*', 'pc-kernel', 'pc']);
    expect(names(parse(oldClassic()))).toEqual([]);
  });

  it('always lets its own brand speak for its devices', () => {
    const model = parse({ ...uc24(), 'serial-authority': ['generic'], 'system-user-authority': '*', 'preseed-authority': ['acme'], 'validation-sets': [{ name: 'set', mode: 'enforce', sequence: '4' }, { name: 'set', mode: 'prefer-enforce', 'account-id': 'other' }] });
    expect(model.serialAuthority).toEqual(['acme', 'generic']);
    expect(model.systemUserAuthority).toBe('*');
    expect(model.preseedAuthority).toEqual(['acme']);
    expect(model.validationSets).toEqual([
      { accountId: 'acme', name: 'set', sequence: 4, mode: 'enforce' },
      { accountId: 'other', name: 'set', sequence: undefined, mode: 'prefer-enforce' },
    ]);
    expect(parse(uc24()).systemUserAuthority).toEqual(['acme']);
  });

  it('is not had from one that snapd refuses; the problems are told', () => {
    expect(() => parse({ ...uc24(), base: '' })).toThrow(expect.objectContaining({ code: 'model-invalid', problems: [expect.objectContaining({ path: 'base' })] }));
    expect(() => parse({ ...uc24(), timestamp: 'x', model: 'X' })).toThrow(/one more problem/);
  });
});

describe('an image', () => {
  it('is built of every Ubuntu Core, and of nothing classic', () => {
    for (const model of [uc24(), uc18Pi(), uc16(), { ...uc24(), snaps: [{ name: 'pi', type: 'gadget' }] }]) expect(whyNotBuildable(model)).toBeUndefined();
    for (const model of [oldClassic(), hybrid()]) expect(whyNotBuildable(model)).toContain('classic');
  });
});
