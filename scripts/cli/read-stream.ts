import type { Assertion } from '../../lib/assertion/assertion';
import type { TypeChecks } from '../../lib/assertion/checks/registry';
import { decodeStream } from '../../lib/assertion/decode';
import { AssertionFormatError } from '../../lib/assertion/format-error';
import { assertionTypeNames } from '../../lib/assertion/types';
import { SNAPD_CHECKS } from '../../lib/keys/assertion-checks';
import { Refusal } from './failure';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';

/** What was read before the first thing that is wrong, and that thing. `start` is the byte where the assertion that broke begins. */
export type StreamRead = { assertions: Assertion[]; error: AssertionFormatError | undefined; start: number };

/** Reads a stream as far as snapd would. The rules of a type are the last that is asked of an assertion, so what passes them has been read. */
export function readStream(bytes: Uint8Array): StreamRead {
  const assertions: Assertion[] = [];
  const checks: TypeChecks = Object.fromEntries(
    assertionTypeNames().map((name) => [
      name,
      (assertion: Assertion) => {
        SNAPD_CHECKS[name]?.(assertion);
        assertions.push(assertion);
      },
    ]),
  );
  try {
    decodeStream(bytes, { checks });
    return { assertions, error: undefined, start: bytes.length };
  } catch (error) {
    if (error instanceof AssertionFormatError) return { assertions, error, start: nextAfter(assertions.at(-1)) };
    throw error;
  }
}

/** All of a file. Throws Refusal for what is no stream of assertions. */
export async function readAll(file: string, terminal: Terminal): Promise<Assertion[]> {
  const { assertions, error } = readStream(await terminal.read(file));
  if (error) throw new Refusal(error.code, `${nameOf(file)}: ${error.message}`, { cause: error });
  return assertions;
}

/** Decoded assertions are views of one copy of the stream; an empty line stands between two. */
const nextAfter = (last: Assertion | undefined): number => (last ? last.signature.byteOffset + last.signature.length + 1 : 0);

/** An assertion that cannot be read: what its first lines say all the same, as far as they go. */
export type Unread = { code: string; message: string; text: Uint8Array };

const NEXT = Buffer.from('\n\ntype: ');
const LF = 0x0a;

/** Reads over what is broken: the stream goes on where the next assertion seems to begin. Gives everything in order, with places in the whole stream. */
export function readBroken(bytes: Uint8Array): (Assertion | Unread)[] {
  const found: (Assertion | Unread)[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { assertions, error, start } = readStream(bytes.subarray(at));
    for (const assertion of assertions) found.push(assertion);
    if (!error) break;
    const begin = at + start;
    const next = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(NEXT, begin);
    const end = next < 0 ? bytes.length : next + 2;
    found.push({ code: error.code, message: placeInWhole(error, bytes, at), text: bytes.subarray(begin, end) });
    at = end;
  }
  return found;
}

function placeInWhole({ message, line, offset }: AssertionFormatError, bytes: Uint8Array, at: number): string {
  if (line === undefined || offset === undefined) return message;
  let before = 0;
  for (let i = bytes.indexOf(LF); i >= 0 && i < at; i = bytes.indexOf(LF, i + 1)) before += 1;
  return `${message.replace(/ \(line \d+, byte \d+\)\.$/, '')} (line ${before + line}, byte ${at + offset}).`;
}
