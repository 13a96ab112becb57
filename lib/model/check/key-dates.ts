import { GO_ZERO_TIME } from '../../assertion/checks/account';
import { parseTime } from '../../assertion/scalars';
import { plainText, quote, report, type Checking } from './report';

/** What an account-key says of when its key may sign: RFC 3339, `until` exclusive, null or missing for ever. */
export type KeyDates = { keyId: string; name: string; since: string | null; until?: string | null };

/** The devices of a model refuse a timestamp at which its key was not valid (CheckTimestampVsSigningKeyValidity in snapd asserts/database.go). */
export function adviseKeyDates(checking: Checking): void {
  const { headers, context } = checking;
  const timestamp = plainText(headers, 'timestamp');
  const at = parseTime(timestamp || (context.draft && context.time) || '');
  const keys = signersOf(plainText(headers, 'sign-key-sha3-384'), context.keys ?? []);
  if (at === undefined || keys.length === 0 || keys.some((key) => whyNot(key, at) === undefined)) return;
  const [first] = keys;
  const why = keys.length === 1 ? `${quote(first!.name)} ${whyNot(first!, at)}` : 'none of the keys is valid then';
  report(checking, 'timestamp', 'timestamp-outside-key', `${timestamp ? `The timestamp ${timestamp} does not go with the key` : 'It cannot be signed now'}: ${why}. Devices refuse a model whose key was not valid at its timestamp.`, { severity: 'warning' });
}

/** The one that is named, when it is known; otherwise any may be meant. */
function signersOf(keyId: string, keys: readonly KeyDates[]): readonly KeyDates[] {
  return keyId === '' ? keys : keys.filter((key) => key.keyId === keyId);
}

function whyNot({ since, until }: KeyDates, at: bigint): string | undefined {
  const [from, to] = [parseTime(since ?? ''), parseTime(until ?? '')];
  if (from !== undefined && at < from) return `is valid only from ${since}`;
  return to !== undefined && to !== GO_ZERO_TIME && at >= to ? `was valid until ${until}` : undefined;
}
