import type { Assertion } from '@/lib/assertion/assertion';
import { encodeAssertion } from '@/lib/assertion/encode';
import { findAssertionType } from '@/lib/assertion/types';
import { bytesReply, Refusal } from './reply';
import type { Ask, Reply } from './reply';
import type { Shelf } from './shelf';

/**
 * GET /v2/assertions/<type>/<primary key>…?max-format=N. Of a sequence-forming type the path has the sequence key
 * alone, and `sequence=N` or `sequence=latest` must be given: without it nothing is found.
 */
export async function getAssertion(shelf: Shelf, ask: Ask, [type = '', ...key]: string[]): Promise<Reply> {
  const { searchParams } = ask.url;
  const maxFormat = readNumber('max-format', searchParams.get('max-format') ?? '0', /^(?:-1|[0-9]{1,9})$/);
  const isReadable = ({ format }: Assertion) => maxFormat < 0 || format <= maxFormat;
  const found = findAssertionType(type)?.sequence
    ? await findInSequence(shelf, type, key, searchParams.get('sequence'), isReadable)
    : await shelf.get(type, key);
  if (!found || !isReadable(found))
    throw new Refusal(404, 'not-found', `There is no ${type} assertion ${key.join('/')}.`);
  return bytesReply(200, 'application/x.ubuntu.assertion', encodeAssertion(found));
}

/** The one with this number; the highest that is readable for `latest`. */
export async function findInSequence(
  shelf: Shelf,
  type: string,
  sequenceKey: readonly string[],
  sequence: string | null,
  isReadable: (assertion: Assertion) => boolean,
): Promise<Assertion | undefined> {
  if (sequence === null || sequenceKey.length + 1 !== findAssertionType(type)?.primaryKey.length)
    return undefined;
  if (sequence !== 'latest') {
    const number = readNumber('sequence', sequence, /^[1-9][0-9]{0,8}$/);
    return shelf.get(type, [...sequenceKey, String(number)]);
  }
  const all = await shelf.list(type);
  const own = all.filter(
    (each) => sequenceKey.every((part, i) => each.primaryKey[i] === part) && isReadable(each),
  );
  return own.sort((a, b) => Number(b.primaryKey.at(-1)) - Number(a.primaryKey.at(-1)))[0];
}

function readNumber(name: string, text: string, pattern: RegExp): number {
  if (!pattern.test(text))
    throw new Refusal(400, 'bad-request', `The value "${text.slice(0, 40)}" of ${name} is not understood.`);
  return Number(text);
}
