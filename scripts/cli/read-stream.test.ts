import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBroken, readStream } from './read-stream';
import { inProject } from './testing';

const GENERIC = readFileSync(inProject('lib/trust/fixtures/generic.assert'), 'utf8');
const [ACCOUNT = '', KEY = '', MODEL = ''] = GENERIC.split(/\n(?=type: )/);
const bytes = (...texts: string[]): Uint8Array => new Uint8Array(Buffer.from(texts.join('\n')));
const words = (text: Uint8Array): string[] => readBroken(text).map((one) => ('headers' in one ? one.type : `${one.code} ${/\(line \d+, byte \d+\)/.exec(one.message)?.[0]}`));

describe('a stream', () => {
  it('gives what was read before the first error, and where what broke begins', () => {
    const { assertions, error, start } = readStream(bytes(ACCOUNT, KEY.replace('since: ', 'since: x'), MODEL));
    expect(assertions.map(({ type }) => type)).toEqual(['account']);
    expect(error).toMatchObject({ code: 'assertion-rule', header: 'since' });
    expect(start).toBe(ACCOUNT.length + 1);
  });

  it('is read over whatever breaks in it, with places in the whole', () => {
    const [first, second] = [ACCOUNT.replace('account-id: ', 'account-id '), KEY.replace('since: ', 'since:')];
    const whole = bytes(first, MODEL, second, MODEL, 'rubbish\n');
    const at = (what: string): string => {
      const before = Buffer.from(whole).toString('utf8').split(what)[0]!;
      return `(line ${before.split('\n').length}, byte ${Buffer.byteLength(before)})`;
    };
    expect(words(whole)).toEqual([`assertion-header-syntax ${at('account-id generic')}`, 'model', `assertion-header-syntax ${at('since:2')}`, 'model', `assertion-truncated ${at('no such text')}`]);
    expect(words(bytes(ACCOUNT, KEY, MODEL))).toEqual(['account', 'account-key', 'model']);
    expect(words(bytes())).toEqual([]);
  });

  it('may break thousands of times, and is refused with more than it may have', () => {
    const pieces = bytes(...Array.from({ length: 5000 }, () => 'type: nothing\n'), MODEL);
    const read = readBroken(pieces);
    expect(read).toHaveLength(5001);
    expect(read.at(-2)).toMatchObject({ message: expect.stringMatching(/\(line \d{4,5}, byte \d{5}\)/) });
    expect(read.at(-1)).toMatchObject({ type: 'model' });
    expect(() => readBroken(pieces, { maxAssertions: 5000 })).toThrow(expect.objectContaining({ code: 'assertions-too-many' }));
    expect(() => readStream(bytes(ACCOUNT, KEY, MODEL), { maxAssertions: 2 })).toThrow(expect.objectContaining({ code: 'assertions-too-many' }));
    expect(readStream(bytes(ACCOUNT, KEY, MODEL), { maxAssertions: 3 }).assertions).toHaveLength(3);
  });

  it('ends, whatever is in it', () => {
    const piece = fc.oneof(fc.constantFrom(ACCOUNT, KEY, MODEL, '\n', '\n\n', 'type: ', 'type: model\n'), fc.string(), fc.tuple(fc.nat(), fc.string()).map(([at, text]) => MODEL.slice(0, at % MODEL.length) + text + MODEL.slice(at % MODEL.length)));
    fc.assert(fc.property(fc.array(piece, { maxLength: 6 }), (texts) => void readBroken(bytes(...texts))));
  });
});
