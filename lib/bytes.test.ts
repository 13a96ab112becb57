import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareBytes, fromBase64, fromBase64Url, toBase64, toBase64Url } from './bytes';

it('orders texts as their UTF-8 is ordered', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.array(fc.constantFrom('a', 'b', '\u00e9', '\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}')).map((units) => units.join('')));
  fc.assert(fc.property(text, text, (a, b) => Math.sign(compareBytes(a, b)) === Buffer.compare(Buffer.from(a), Buffer.from(b))), { numRuns: 2000 });
});

it('writes base64 as everybody does, and reads nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(fromBase64(toBase64(bytes))).toEqual(new Uint8Array(bytes));
      expect(fromBase64Url(toBase64Url(bytes))).toEqual(new Uint8Array(bytes));
    }),
  );
  for (const text of ['A', 'AA', 'AAA', 'A===', 'AA=A', 'A A=', 'AA==\n', '_w==']) expect(fromBase64(text), text).toBeUndefined();
  for (const text of ['A', 'AA==', 'A A', '+w', 'AA\n']) expect(fromBase64Url(text), text).toBeUndefined();
});
