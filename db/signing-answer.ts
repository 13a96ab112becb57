import type { Assertion, Headers } from '@/lib/assertion/assertion';
import { formatTime, nanoseconds, parseTime } from '@/lib/assertion/scalars';
import { toHex, utf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import type { Problem } from '@/lib/errors';
import { decodeSignature, signedBytes } from '@/lib/keys/packet';
import { readPublicKey } from '@/lib/keys/public-key';
import { sha512 } from '@/lib/keys/signer';
import { whySignatureFails } from '@/lib/keys/verify';
import { compareHeaders } from '@/lib/model/diff';
import { readModelInput } from '@/lib/model/import';
import type { KeyRow } from './key-rows';
import { CLOCK_SKEW_MS } from './key-rules';

export type Asked = { headers: Headers; time: Date; key: Pick<KeyRow, 'name' | 'keyId' | 'publicKey' | 'until'> };
export type Answer = {
  assertion: Assertion;
  /** Its timestamp. */
  time: Date;
  /** SHA-512 of what the key signed, lower-case hexadecimal. */
  digest: string;
};

/**
 * Reads what `snap sign` printed, with or without its chain. It must be signed by the key that was asked and say what was asked; only `timestamp` may be later, which
 * `--update-timestamp` makes it. Throws AssertionFormatError, AppError `invalid` with every difference, `conflict` for a time past the key's `until`.
 */
export function readAnswer(text: string, { headers, time, key }: Asked, now = new Date()): Answer {
  const assertion = readSigned(text);
  if (assertion.signKeyId !== key.keyId) throw new AppError('invalid', `This is signed by the key ${assertion.signKeyId}, not by ${key.name} (${key.keyId}). Check the -k of snap sign.`);
  const failure = whySignatureFails(assertion, readPublicKey(key.publicKey));
  if (failure) throw new AppError('invalid', `The signature does not hold: paste the text whole, exactly as snap sign printed it. ${failure}`);
  const problems = differencesOf(headers, assertion);
  if (problems.length > 0) throw new AppError('invalid', 'This is well signed, but it does not say what was asked for. Sign the JSON as it is shown.', { problems });
  return { assertion, time: requireTime(assertion, time, key, now), digest: toHex(sha512(signedBytes(assertion.content, decodeSignature(assertion.signature).hashedPart))) };
}

function readSigned(text: string): Assertion {
  const input = readModelInput(utf8(text));
  if (input.kind === 'json') throw new AppError('invalid', 'This is the JSON that goes into snap sign. Paste what snap sign prints: text that begins with “type: model”.');
  return input.kind === 'chain' ? input.model : input.assertion;
}

/** Set by whoever signs. */
const NOT_ASKED = ['timestamp', 'sign-key-sha3-384', 'body-length'];

/** Header by header, from what was asked to what came back. */
function differencesOf(asked: Headers, { headers, body }: Assertion): Problem[] {
  const without = (all: Headers): Headers => Object.fromEntries(Object.entries(all).filter(([name]) => !NOT_ASKED.includes(name)));
  const problems = compareHeaders(without(asked), without(headers)).map(({ path, sentence }): Problem => ({ path, code: 'differs', message: `${sentence}.` }));
  return body.length === 0 ? problems : [...problems, { path: 'body', code: 'differs', message: `It has a body of ${body.length} bytes, and none was asked for.` }];
}

function requireTime({ headers }: Assertion, asked: Date, key: Asked['key'], now: Date): Date {
  const said = String(headers.timestamp);
  const stamp = parseTime(said);
  const refuse = (why: string): never => {
    throw new AppError('invalid', `Its timestamp is ${said}, which is ${why}. Check the clock of the machine that signs, or leave --update-timestamp away.`, { problems: [{ path: 'timestamp', code: 'differs', message: `timestamp ${formatTime(asked)} → ${said}.` }] });
  };
  if (stamp === undefined) return refuse('no time');
  if (stamp < nanoseconds(asked)) refuse(`before ${formatTime(asked)}, which was asked for`);
  if (stamp > nanoseconds(now) + BigInt(CLOCK_SKEW_MS) * 1_000_000n) refuse('in the future');
  const time = new Date(Number(stamp / 1_000_000n));
  if (key.until && time >= key.until) throw new AppError('conflict', `Key ${key.name} expired on ${key.until.toISOString().slice(0, 10)}, before the ${said} that this was signed for. Ask again with another key.`);
  return time;
}
