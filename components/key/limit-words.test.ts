import { describe, expect, it } from 'vitest';
import { limitWords } from './limit-words';

describe('a limit of an account-key in words', () => {
  it.each([
    [{ headers: { type: 'model' } }, 'A model.'],
    [{ headers: { type: 'model', model: 'kiosk' } }, 'A model in which model is “kiosk”.'],
    [{ headers: { type: 'model', 'brand-id': 'acme', model: 'kiosk-.*' } }, 'A model in which brand-id is “acme” and model fits “kiosk-.*”.'],
    [{ headers: { type: 'model', model: ['kiosk', 'gate-.*'], store: '$MISSING' } }, 'A model in which model is “kiosk” or fits “gate-.*” and store is absent.'],
    [{ headers: { type: 'snap-declaration', plugs: { home: { 'allow-auto-connection': 'true' } } } }, 'A snap-declaration in which plugs.home.allow-auto-connection is “true”.'],
    [{ headers: { type: 'model', snaps: [{ name: 'pc', type: 'gadget' }, { name: 'pi' }] } }, 'A model in which snaps.name is “pc” and snaps.type is “gadget” or snaps.name is “pi”.'],
    [{ headers: { type: 'model', a: 'x', b: 'y', c: 'z' } }, 'A model in which a is “x”, b is “y” and c is “z”.'],
    [{}, 'An assertion.'],
  ])('%j', (constraint, words) => expect(limitWords(constraint)).toBe(words));
});
