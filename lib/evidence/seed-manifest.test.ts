import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isAppError } from '../errors';
import { parseSeedManifest, writeSeedManifest } from './seed-manifest';
import { sampleInput } from './testing';

const { snaps } = sampleInput();

function refusal(text: string): string {
  try {
    parseSeedManifest(text);
  } catch (error) {
    if (isAppError(error)) return error.message;
    throw error;
  }
  return 'read';
}

describe('seed.manifest', () => {
  it('lists snaps by name, with x1 for one that no assertion speaks of', () => {
    expect(writeSeedManifest({ snaps, validationSets: [] })).toBe('box-app x1\ncore24 490\npc 178\npc-kernel 1938\nsnapd 21759\n');
  });

  it('has validation sets first, and leaves out the snaps whose revision they fix', () => {
    const validationSets = [
      { accountId: 'canonical', name: 'base-set', sequence: 5, pinned: false, snaps: ['core24', 'snapd'] },
      { accountId: 'acme', name: 'box', sequence: 3, pinned: true, snaps: [] },
    ];
    expect(writeSeedManifest({ snaps, validationSets })).toBe('acme/box=3\ncanonical/base-set 5\nbox-app x1\npc 178\npc-kernel 1938\n');
  });

  it('is no file where nothing was seeded', () => expect(writeSeedManifest({ snaps: [], validationSets: [] })).toBeUndefined());

  it('reads back what was written', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9]{1,9}$/);
    const set = fc.record({ accountId: name, name, sequence: fc.integer({ min: 1, max: 1e6 }), pinned: fc.boolean(), snaps: fc.constant<string[]>([]) });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: undefined })), { selector: ([key]) => key }), fc.uniqueArray(set, { selector: (s) => `${s.accountId}/${s.name}` }), (pairs, validationSets) => {
        const seeded = pairs.map(([key, revision]) => ({ ...snaps[0]!, name: key, revision }));
        const read = parseSeedManifest(writeSeedManifest({ snaps: seeded, validationSets }) ?? '');
        expect(Object.fromEntries(read.revisions)).toEqual(Object.fromEntries(pairs.map(([key, revision]) => [key, revision ?? -1])));
        expect(new Map(validationSets.map(({ snaps: _, ...rest }) => [`${rest.accountId}/${rest.name}`, rest]))).toEqual(read.validationSets);
      }),
    );
  });

  it('reads comments, any white space between words, and of two lines about one thing the first', () => {
    const { revisions, validationSets } = parseSeedManifest('# all\n#\nacme/box 3\nacme/box=4\npc\t178 \r\nsnapd\u00a0x2\npc 9\nacme/other=1 7');
    expect([...revisions]).toEqual([
      ['pc', 178],
      ['snapd', -2],
    ]);
    expect([...validationSets.values()]).toEqual([
      { accountId: 'acme', name: 'box', sequence: 3, pinned: false },
      { accountId: 'acme', name: 'other', sequence: 7, pinned: false },
    ]);
  });

  it.each([
    ['pc 0', 'is no revision'],
    ['pc unset', 'is no revision'],
    ['pc -1', 'is no revision'],
    ['pc x-1', 'is no revision'],
    ['pc x0', 'is no revision'],
    ['pc 1.0', 'is no revision'],
    ['pc 9007199254740993', 'is no revision'],
    ['Pc 1', 'is no name of a snap'],
    ['p 1', 'is no name of a snap'],
    ['pc_x 1', 'is no name of a snap'],
    [' pc 1', 'starts with a space'],
    [' # comment', 'starts with a space'],
    ['pc', 'is neither'],
    ['pc 1 2', 'is neither'],
    ['pc 1\n\n', 'is neither'],
    ['acme/box', 'is missing, or is not above 0'],
    ['acme/box=0', 'is missing, or is not above 0'],
    ['acme/box -1', 'is missing, or is not above 0'],
    ['acme/box=x', 'is no sequence'],
    ['acme/box=x 1', 'is no sequence'],
    ['acme/box=1=2', 'is no validation set'],
    ['acme/box/more 1', 'is no validation set'],
    ['Acme/box 1', 'is no id of an account'],
    ['acme/a--b 1', 'is no name of a validation set'],
    [`#${'x'.repeat(65_535)}`, 'too long'],
  ])('refuses %j, as snapd does', (text, reason) => expect(refusal(text)).toContain(reason));

  it('takes a line as long as snapd takes', () => expect(refusal(`#${'x'.repeat(65_534)}\npc 1\n`)).toBe('read'));

  it('tells the line', () => expect(refusal('# one\npc 1\nsnapd 0\n')).toBe('"0" is no revision (line 3).'));
});
