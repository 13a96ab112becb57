import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assembleContent, encodeHeaders } from '../assertion/encode';
import type { HeaderMap, HeaderValue } from '../assertion/assertion';
import { fromUtf8 } from '../bytes';
import { hasErrors, isAppError } from '../errors';
import { MODEL_CHECKS } from './assertion-check';
import { checkDraft, checkModel } from './check';
import { describeChanges } from './diff';
import { draftToHeaders, headersToDraft } from './draft';
import { GRADES } from './grades';
import { uc18Pi, uc24 } from './fixtures/models';
import { parseModel } from './model';
import { appendAt, applyFix, parsePath, setAt, snapIndexOf, valueAt } from './path';
import { PLACEHOLDER, previewModel } from './preview';
import { draftFromTemplate, nameFromDisplayName, TEMPLATES } from './templates';

describe('a draft', () => {
  it('comes back from headers as it went, with what it does not know', () => {
    const draft = { ...headersToDraft(uc24()), 'x-acme': ['a', { b: 'c' }] };
    expect(headersToDraft(draftToHeaders(draft, { brandId: 'acme', revision: 2, timestamp: '2026-01-01T00:00:00Z' }))).toEqual(draft);
  });

  it('cannot set what Imprint sets', () => {
    const headers = draftToHeaders({ ...headersToDraft(uc24()), type: 'account', 'brand-id': 'globex', 'authority-id': 'globex', series: '18', revision: '99', timestamp: 'x', 'sign-key-sha3-384': 'x', 'body-length': '4' }, { brandId: 'acme' });
    expect(headers).toMatchObject({ type: 'model', 'brand-id': 'acme', 'authority-id': 'acme', series: '16' });
    for (const name of ['revision', 'timestamp', 'sign-key-sha3-384', 'body-length']) expect(name in headers).toBe(false);
  });

  it('writes no revision 0', () => {
    expect('revision' in draftToHeaders({}, { brandId: 'acme', revision: 0 })).toBe(false);
    expect(draftToHeaders({}, { brandId: 'acme', revision: 1 }).revision).toBe('1');
  });

  it('shares nothing with the headers it came from', () => {
    const headers = uc24();
    const draft = headersToDraft(headers);
    (draft.snaps as HeaderMap[])[0]!.name = 'other';
    expect(headers.snaps[0]!.name).toBe('snapd');
  });
});

describe('a path', () => {
  it('is read in steps', () => {
    expect(parsePath('snaps[2].default-channel')).toEqual(['snaps', 2, 'default-channel']);
    expect(snapIndexOf('snaps[12].components.wifi')).toBe(12);
    expect(snapIndexOf('snaps')).toBeUndefined();
  });

  it.each(['', 'snaps[-1]', 'snaps[x]', 'a..b', '.a', '__proto__', 'a b'])('is not read from %j', (path) => {
    expect(parsePath(path)).toBeUndefined();
    expect(setAt({ a: 'b' }, path, 'x')).toEqual({ a: 'b' });
  });

  it('reads, writes and takes away without touching the original', () => {
    const draft = headersToDraft(uc24());
    expect(valueAt(draft, 'snaps[3].name')).toBe('pc');
    expect(valueAt(draft, 'snaps[9].name')).toBeUndefined();
    expect(valueAt(draft, 'constructor')).toBeUndefined();
    expect(valueAt(setAt(draft, 'snaps[3].default-channel', '24/edge'), 'snaps[3].default-channel')).toBe('24/edge');
    expect(valueAt(setAt(draft, 'snaps[0]', undefined), 'snaps[0].name')).toBe('pc-kernel');
    expect(valueAt(appendAt(draft, 'serial-authority', 'generic'), 'serial-authority')).toEqual(['generic']);
    expect(applyFix(draft, { label: '', op: 'remove', path: 'grade' })).not.toHaveProperty('grade');
    expect(draft).toEqual(headersToDraft(uc24()));
  });
});

describe('a board template', () => {
  it.each(TEMPLATES.flatMap((template) => GRADES.map((grade) => [template.id, grade] as const)))('%s fills a sound %s draft', (id, grade) => {
    const draft = draftFromTemplate(id, { name: 'acme-kiosk', displayName: 'Acme Kiosk', grade });
    const problems = checkDraft(draft, { brandId: 'acme' });
    expect(problems.filter((p) => p.severity !== 'info')).toEqual([]);
    expect(() => assembleContent({ ...draftToHeaders(draft, { brandId: 'acme', timestamp: '2026-01-01T00:00:00Z' }), 'sign-key-sha3-384': 'a'.repeat(64) }, undefined, { checks: MODEL_CHECKS })).not.toThrow();
  });

  it('that there is not is a problem of the field', () => {
    expect(() => draftFromTemplate('toaster', { name: 'x', displayName: '', grade: 'signed' })).toThrow(expect.objectContaining({ code: 'invalid', problems: [expect.objectContaining({ path: 'template' })] }));
  });

  it('gives every draft snaps of its own', () => {
    const [a, b] = [1, 2].map(() => draftFromTemplate('amd64-core24', { name: 'x1', displayName: '', grade: 'signed' }));
    (a!.snaps as HeaderMap[])[0]!.name = 'changed';
    expect((b!.snaps as HeaderMap[])[0]!.name).toBe('snapd');
  });
});

describe('a name from a display name', () => {
  it.each([['Acme Kiosk 2', 'acme-kiosk-2'], ['  Café — Façade!', 'cafe-facade'], ['ЖЖ', ''], ['x'.repeat(300), 'x'.repeat(128)], [`${'x'.repeat(127)} y`, 'x'.repeat(127)]])('%s', (display, name) => {
    expect(nameFromDisplayName(display)).toBe(name);
  });
});

describe('a preview', () => {
  it('is the text as it will be signed, with placeholders', () => {
    const { text, left } = previewModel(headersToDraft(uc18Pi()), { brandId: 'acme', revision: 3 });
    expect(left).toEqual([]);
    expect(text).toBe(`type: model
authority-id: acme
revision: 3
series: 16
brand-id: acme
model: ubuntu-core-18-pi3
architecture: armhf
base: core18
gadget: pi=18-pi3
kernel: pi-kernel=18-pi3
required-snaps:
  - network-manager
timestamp: ${PLACEHOLDER}
sign-key-sha3-384: ${PLACEHOLDER}`);
  });

  it('equals what is signed once everything is known', () => {
    const timestamp = '2026-01-01T00:00:00Z';
    const signKeyId = 'k'.repeat(64);
    const headers = { ...draftToHeaders(headersToDraft(uc24()), { brandId: 'acme', revision: 1, timestamp }), 'sign-key-sha3-384': signKeyId };
    expect(previewModel(headersToDraft(uc24()), { brandId: 'acme', revision: 1, timestamp, signKeyId }).text).toBe(fromUtf8(assembleContent(headers)));
  });

  it('leaves out what cannot be written, and says so', () => {
    const { text, left } = previewModel({ ...headersToDraft(uc24()), 'Foo Bar': 'x', extra: [[]] }, { brandId: 'acme' });
    expect(left.map(({ header }) => header).sort()).toEqual(['Foo Bar', 'extra']);
    expect(text).toContain('model: acme-kiosk');
  });
});

describe('any heap of values', () => {
  const value = fc.letrec<{ value: HeaderValue }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.string({ unit: 'binary' }), fc.constantFrom('pc', 'core24', 'gadget', 'true', 'signed', '24/stable', '', '\ud800', 'a\nb\n'), fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('name', 'id', 'type', '__proto__', 'a', 'B', 'components'), tie('value'), { maxKeys: 4 })),
  })).value;
  const drafts = fc.dictionary(fc.constantFrom(...Object.keys(headersToDraft(uc24())), 'x', 'y', 'X Y', 'kernel', '__proto__'), value).map((change) => ({ ...headersToDraft(uc24()), ...change }));

  it('is previewed, compared and read without a bug', () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        previewModel(draft, { brandId: 'acme' });
        describeChanges(headersToDraft(uc24()), draft);
        describeChanges(draft, headersToDraft(uc24()));
        try {
          parseModel({ headers: { ...uc24(), ...draft }, revision: 0 });
        } catch (error) {
          if (!isAppError(error)) throw error;
        }
      }),
      { numRuns: 400 },
    );
  });

  it('that has no errors can be written and read back', () => {
    const harmless = fc.dictionary(fc.constantFrom('x', 'y', 'display-name', 'store'), value).map((change) => ({ ...uc24(), ...change }));
    fc.assert(
      fc.property(harmless, (headers) => {
        if (!hasErrors(checkModel(headers))) encodeHeaders(headers);
      }),
      { numRuns: 400 },
    );
  });
});
