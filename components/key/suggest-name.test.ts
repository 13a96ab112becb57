import { describe, expect, it } from 'vitest';
import { keyName } from '@/lib/api/keys';
import { suggestKeyName } from './suggest-name';

describe('the name that a new key is offered', () => {
  it('says the brand and the year', () => expect(suggestKeyName('acme', 2026, [])).toBe('acme-2026'));
  it('counts on past those that are taken', () => expect(suggestKeyName('acme', 2026, ['acme-2026', 'acme-2026-2'])).toBe('acme-2026-3'));
  it.each(['acme', 'Acme & Söhne', '--x--', '***', '9', 'a'.repeat(90)])('is one that a key may have, for brand %s', (brand) => {
    const name = suggestKeyName(brand, 2026, []);
    // A brand of digits alone gives no letter: then the person has to choose one.
    expect(keyName.safeParse(name).success).toBe(/[a-z]/i.test(brand) || brand === '***');
  });
});
