import type { Assertion } from '../assertion/assertion';
import { formatTime } from '../assertion/scalars';
import { utf8 } from '../bytes';
import { signAssertion } from './sign';
import type { Signer } from './signer';
import type { SigningKey } from './signing-key';

/** `name` is the key's, `since` when it begins to be valid (UTC, cut to seconds), `time` the signature's. */
export type AccountKeyRequest = { accountId: string; name: string; since: Date; until?: Date; key: SigningKey | Signer; time: Date; minimumBits?: number };

/** The self-signed request by which a store registers a key: proof of holding the private half. Throws as signAssertion. */
export function makeAccountKeyRequest({ accountId, name, since, until, key, time, minimumBits }: AccountKeyRequest): Promise<Assertion> {
  return signAssertion({
    headers: {
      type: 'account-key-request',
      'account-id': accountId,
      name,
      'public-key-sha3-384': key.keyId,
      since: formatTime(since),
      ...(until && { until: formatTime(until) }),
    },
    body: utf8(key.publicKey.encoded),
    key,
    time,
    ...(minimumBits !== undefined && { minimumBits }),
  });
}
