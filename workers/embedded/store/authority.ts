import { generateKeyPair, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Assertion, Headers } from '@/lib/assertion/assertion';
import { decodeStream } from '@/lib/assertion/decode';
import { encodeStream } from '@/lib/assertion/encode';
import { formatTime } from '@/lib/assertion/scalars';
import { fromUtf8, utf8 } from '@/lib/bytes';
import { signAssertion } from '@/lib/keys/sign';
import { importSigningKey } from '@/lib/keys/signing-key';
import type { SigningKey } from '@/lib/keys/signing-key';
import { openShelf } from './shelf';
import { isTaken, readIfThere, storeDir, writeAtomically, writeSynced } from './store-dir';
import type { StoreDir } from './store-dir';

/** Account of the trusted authority of every embedded store. Never valid for devices in the field. */
export const EMBEDDED_AUTHORITY = 'imprint-embedded';

export type AuthorityOptions = {
  now?: () => Date;
  /** Of the root and store keys. Anything below 4096 is for tests, where a key is wanted at once. */
  keyBits?: number;
};

/** Signs what a store signs. As with Canonical's store, the root only vouches for the store key, which signs everything else. */
export type Authority = {
  /** The root's account and account-key: self-signed, to be trusted as they are. */
  trusted: Assertion[];
  /** `authority-id` and, where the type has one and it is not given, `timestamp` are added. */
  issue(headers: Headers, body?: Uint8Array): Promise<Assertion>;
};

const makeKey = promisify(generateKeyPair);
const KEY_BITS = 4096;

/** Opens the authority of this data folder, making it at first start. Any number of processes may do so at once; one of them wins. */
export async function openAuthority(dataDir: string, options: AuthorityOptions = {}): Promise<Authority> {
  const dir = storeDir(dataDir);
  const now = options.now ?? (() => new Date());
  const known = await readIfThere(join(dir.authority, 'chain.assert'));
  if (!known) await makeAuthority(dir, now(), options.keyBits ?? KEY_BITS);

  const chain = decodeStream(known ?? (await readFile(join(dir.authority, 'chain.assert'))));
  const trusted = chain.slice(0, 2);
  const key = importSigningKey(await readFile(join(dir.authority, 'store-key.pem'), 'utf8'));
  await publish(dir, chain, trusted);

  return {
    trusted,
    async issue(headers, body) {
      const time = now();
      return signAs(key, { 'authority-id': EMBEDDED_AUTHORITY, ...(headers['type'] !== 'account-key' && { timestamp: formatTime(time) }), ...headers }, time, body);
    },
  };
}

/** Repeated at every start: whatever a killed process left out is there afterwards. */
async function publish(dir: StoreDir, chain: Assertion[], trusted: Assertion[]): Promise<void> {
  const shelf = openShelf(dir);
  for (const assertion of chain) if (!(await shelf.get(assertion.type, assertion.primaryKey))) await shelf.put(assertion);
  const anchors = encodeStream(trusted);
  const written = await readIfThere(dir.trusted);
  if (!written || fromUtf8(written) !== fromUtf8(anchors)) await writeAtomically(dir.trusted, anchors);
}

/** Made in a folder beside and moved into place whole, so that keys and assertions always belong together. */
async function makeAuthority(dir: StoreDir, time: Date, bits: number): Promise<void> {
  const temp = join(dir.root, `.authority-${randomBytes(8).toString('hex')}`);
  await mkdir(temp, { recursive: true, mode: 0o700 });
  try {
    const [rootPem, storePem] = await Promise.all([makePem(bits), makePem(bits)]);
    await writeSynced(join(temp, 'root-key.pem'), rootPem, 0o600);
    await writeSynced(join(temp, 'store-key.pem'), storePem, 0o600);
    await writeSynced(join(temp, 'chain.assert'), encodeStream(await makeChain(importSigningKey(rootPem), importSigningKey(storePem), time)), 0o644);
    await rename(temp, dir.authority).catch((error: unknown) => {
      if (!isTaken(error)) throw error;
    });
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
}

async function makePem(bits: number): Promise<string> {
  const { privateKey } = await makeKey('rsa', { modulusLength: bits, publicExponent: 0x10001 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

async function makeChain(root: SigningKey, store: SigningKey, time: Date): Promise<Assertion[]> {
  const from = formatTime(time);
  const accountKey = (name: string, key: SigningKey): Headers => ({
    type: 'account-key',
    'authority-id': EMBEDDED_AUTHORITY,
    'public-key-sha3-384': key.keyId,
    'account-id': EMBEDDED_AUTHORITY,
    name,
    since: from,
  });
  const account: Headers = {
    type: 'account',
    'authority-id': EMBEDDED_AUTHORITY,
    'account-id': EMBEDDED_AUTHORITY,
    'display-name': 'Embedded store (not for production)',
    username: EMBEDDED_AUTHORITY,
    validation: 'verified',
    timestamp: from,
  };
  return [
    await signAs(root, account, time),
    await signAs(root, accountKey('root', root), time, utf8(root.encodedPublicKey)),
    await signAs(root, accountKey('store', store), time, utf8(store.encodedPublicKey)),
  ];
}

const signAs = (key: SigningKey, headers: Headers, time: Date, body?: Uint8Array): Promise<Assertion> =>
  signAssertion({ headers, key, time, minimumBits: Math.min(key.bits, KEY_BITS), ...(body && { body }) });
