import { describe, expect, it } from 'vitest';
import { assertionTypeNames, findAssertionType, fullPrimaryKey, shortPrimaryKey } from './types';

const revision = findAssertionType('snap-revision')!;
const model = findAssertionType('model')!;

describe('assertion types', () => {
  it('are those of snapd, with their keys and highest formats', () => {
    expect(assertionTypeNames()).toHaveLength(26);
    expect(model.primaryKey).toEqual(['series', 'brand-id', 'model']);
    expect(assertionTypeNames().filter((name) => findAssertionType(name)!.maxFormat > 0)).toEqual(['account-key', 'system-user', 'snap-declaration']);
    expect(assertionTypeNames().filter((name) => !findAssertionType(name)!.hasAuthority)).toEqual(['account-key-request', 'serial-request', 'device-session-request', 'confdb-control', 'response-message']);
  });

  it('do not include what every object has', () => {
    for (const name of ['constructor', '__proto__', 'toString', '']) expect(findAssertionType(name)).toBeUndefined();
  });

  it('leave an optional key out of the address when it has its default', () => {
    expect(shortPrimaryKey(revision, ['digest', 'global-upload'])).toEqual(['digest']);
    expect(shortPrimaryKey(revision, ['digest', 'own'])).toEqual(['digest', 'own']);
    expect(shortPrimaryKey(model, ['16', 'acme', 'global-upload'])).toEqual(['16', 'acme', 'global-upload']);
  });

  it('fill a short key up, and refuse one that is wrong', () => {
    expect(fullPrimaryKey(revision, ['digest'])).toEqual(['digest', 'global-upload']);
    expect(fullPrimaryKey(revision, ['digest', 'own'])).toEqual(['digest', 'own']);
    for (const key of [[], ['a', 'b', 'c'], [''], ['a/b']]) expect(fullPrimaryKey(revision, key)).toBeUndefined();
    expect(fullPrimaryKey(model, ['16', 'acme'])).toBeUndefined();
  });
});
