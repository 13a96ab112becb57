import { describe, expect, it } from 'vitest';
import { isAccountId, isInstanceName, isSnapId, isSnapName, REFERENCE_SNAP_IDS, referenceSnapName, WELL_KNOWN_SNAP_IDS, whyNotSnapName } from './names';

describe('a snap name', () => {
  it.each(['pc', 'pc-kernel', 'core24', '0ad', 'a1', '7zip-x', 'x'.repeat(40)])('may be %s', (name) => {
    expect(isSnapName(name)).toBe(true);
    expect(whyNotSnapName(name)).toBeUndefined();
  });

  it.each(['', 'a', '42', '1-2', 'PC', 'pc_1', '-pc', 'pc-', 'pc--kernel', 'pc kernel', 'pc\n', 'ké', 'x'.repeat(41)])('may not be %j', (name) => {
    expect(isSnapName(name)).toBe(false);
    expect(whyNotSnapName(name)).toBeTruthy();
  });

  it('is no instance name, and says which snap was meant', () => {
    expect(isInstanceName('hello_one')).toBe(true);
    expect(isInstanceName('hello')).toBe(false);
    expect(isInstanceName('hello_')).toBe(false);
    expect(whyNotSnapName('hello_one')).toContain('write hello');
  });

  it('is judged in linear time', () => {
    const start = performance.now();
    expect(isSnapName(`${'1'.repeat(100_000)}!`)).toBe(false);
    expect(isInstanceName(`${'a-'.repeat(50_000)}_x`)).toBe(false);
    expect(performance.now() - start).toBeLessThan(500);
  });
});

describe('ids', () => {
  it('of snaps are 32 letters and digits', () => {
    expect(isSnapId('UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH')).toBe(true);
    for (const id of ['', 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dA', 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAHx', 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dA-', 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH\n']) expect(isSnapId(id)).toBe(false);
  });

  it('of accounts are 32 letters and digits or a short lower-case name', () => {
    for (const id of ['canonical', 'my-brand', 'AbCdEfGhIjKlMnOpQrStUvWxYz012345']) expect(isAccountId(id)).toBe(true);
    for (const id of ['', 'a', 'Canonical', 'x'.repeat(29), '*', 'a b']) expect(isAccountId(id)).toBe(false);
  });

  it('that are known have the form of ids and different names', () => {
    expect(new Set(REFERENCE_SNAP_IDS.values()).size).toBe(REFERENCE_SNAP_IDS.size);
    for (const id of REFERENCE_SNAP_IDS.values()) expect(isSnapId(id)).toBe(true);
    expect(WELL_KNOWN_SNAP_IDS.has('core26')).toBe(false);
    expect(referenceSnapName('dwTAh7MZZ01zyriOZErqd1JynQLiOGvM')).toBe('core24');
    expect(referenceSnapName('nothing')).toBeUndefined();
  });
});
