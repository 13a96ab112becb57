import type { Assertion } from '../../lib/assertion/assertion';
import type { TypeChecks } from '../../lib/assertion/checks/registry';
import { decodeStream } from '../../lib/assertion/decode';
import { AssertionFormatError } from '../../lib/assertion/format-error';
import { assertionTypeNames } from '../../lib/assertion/types';
import { SNAPD_CHECKS } from '../../lib/keys/assertion-checks';
import { about, Refusal } from './failure';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';

/** What was read before the first thing that is wrong, and that thing. `start` is the byte where the assertion that broke begins. */
export type StreamRead = { assertions: Assertion[]; error: AssertionFormatError | undefined; start: number };

/** Of what an image is made of: the chains of a full image stay in the hundreds. */
export const IMAGE_LIMITS = { maxBytes: 64 * 2 ** 20, maxAssertions: 10_000 } as const;
type Limits = { maxBytes?: number; maxAssertions?: number };

const tooMany = (): Refusal => new Refusal('assertions-too-many', `There are more than ${IMAGE_LIMITS.maxAssertions} assertions; leave out those that the image does not need.`);

/** Reads a stream as far as snapd would. The rules of a type are the last that is asked of an assertion, so what passes them has been read. */
export function readStream(bytes: Uint8Array, { maxAssertions = Infinity }: Limits = {}): StreamRead {
  const assertions: Assertion[] = [];
  const checks: TypeChecks = Object.fromEntries(
    assertionTypeNames().map((name) => [
      name,
      (assertion: Assertion) => {
        SNAPD_CHECKS[name]?.(assertion);
        if (assertions.length >= maxAssertions) throw tooMany();
        assertions.push(assertion);
      },
    ]),
  );
  try {
    decodeStream(bytes, { checks, borrow: true });
    return { assertions, error: undefined, start: bytes.length };
  } catch (error) {
    if (error instanceof AssertionFormatError) return { assertions, error, start: nextAfter(assertions.at(-1), bytes) };
    throw error;
  }
}

/** All of a file. Throws Refusal for what is no stream of assertions, or more than `limits`. */
export async function readAll(file: string, terminal: Terminal, limits: Limits = {}): Promise<Assertion[]> {
  const bytes = await terminal.read(file, limits.maxBytes);
  return about(nameOf(file), () => {
    const { assertions, error } = readStream(bytes, limits);
    if (error) throw error;
    return assertions;
  });
}

/** Decoded assertions are views of the stream; an empty line stands between two. */
const nextAfter = (last: Assertion | undefined, { byteOffset }: Uint8Array): number => (last ? last.signature.byteOffset - byteOffset + last.signature.length + 1 : 0);

/** An assertion that cannot be read: what its first lines say all the same, as far as they go. */
export type Unread = { code: string; message: string; text: Uint8Array };

const NEXT = Buffer.from('\n\ntype: ');
const LF = 0x0a;

/**
 * Reads over what is broken: the stream goes on where the next assertion seems to begin. Gives everything in order, with places in the whole stream, in time
 * that grows with its length, however often it breaks. Throws Refusal `assertions-too-many`.
 */
export function readBroken(bytes: Uint8Array, { maxAssertions = Infinity }: Limits = {}): (Assertion | Unread)[] {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const found: (Assertion | Unread)[] = [];
  let linesBefore = 0;
  for (let at = 0; at < bytes.length; ) {
    const { assertions, error, start } = readStream(bytes.subarray(at), { maxAssertions: maxAssertions - found.length });
    for (const assertion of assertions) found.push(assertion);
    if (!error) break;
    if (found.length >= maxAssertions) throw tooMany();
    const begin = at + start;
    const next = whole.indexOf(NEXT, begin);
    const end = next < 0 ? bytes.length : next + 2;
    found.push({ code: error.code, message: placeInWhole(error, at, linesBefore), text: bytes.subarray(begin, end) });
    for (let i = whole.indexOf(LF, at); i >= 0 && i < end; i = whole.indexOf(LF, i + 1)) linesBefore += 1;
    at = end;
  }
  return found;
}

function placeInWhole({ message, line, offset }: AssertionFormatError, at: number, linesBefore: number): string {
  if (line === undefined || offset === undefined) return message;
  return `${message.replace(/ \(line \d+, byte \d+\)\.$/, '')} (line ${linesBefore + line}, byte ${at + offset}).`;
}
