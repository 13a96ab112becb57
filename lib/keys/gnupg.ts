import { enums, PacketList, SecretKeyPacket } from 'openpgp';
import { fromUtf8 } from '../bytes';
import { damagedExport, KeyImportError, notRsa, passphraseNeeded, passphraseWrong } from './import-error';
import { splitPackets, writePacket } from './packet-reader';
import type { RsaPrivateNumbers } from './rsa-private';

const TAG_SECRET_KEY = 5;
const TAG_PUBLIC_KEY = 6;
const TAG_USER_ID = 13;

/** One primary key of a GnuPG export. Its secret is not open yet. */
export type ExportedKey = { packet: SecretKeyPacket; fingerprint: string; kind: string; isRsa: boolean; userIds: string[] };

/** The primary keys of a binary export, subkeys aside. Throws KeyImportError `key-malformed`, `key-public-only`. */
export async function readExport(bytes: Uint8Array): Promise<ExportedKey[]> {
  const packets = splitPackets(bytes);
  if (!packets) throw damagedExport();
  const keys: ExportedKey[] = [];
  for (const { tag, body } of packets) {
    if (tag === TAG_SECRET_KEY) keys.push(await readSecretKey(body));
    if (tag === TAG_USER_ID) keys.at(-1)?.userIds.push(fromUtf8(body) ?? 'a user ID that is no text');
  }
  if (keys.length === 0 && packets.some(({ tag }) => tag === TAG_PUBLIC_KEY)) {
    throw new KeyImportError('key-public-only', 'This is only the public half of a key; signing needs the private one. GnuPG gives it by gpg --export-secret-keys --armor.');
  }
  return keys;
}

async function readSecretKey(body: Uint8Array): Promise<ExportedKey> {
  let packet;
  try {
    [packet] = await PacketList.fromBinary(writePacket(TAG_SECRET_KEY, body), { [enums.packet.secretKey]: SecretKeyPacket } as never);
  } catch {
    // What it says may quote the key.
    throw damagedExport();
  }
  if (!(packet instanceof SecretKeyPacket)) throw damagedExport();
  return { packet, fingerprint: packet.getFingerprint().toUpperCase(), ...kindOf(packet), userIds: [] };
}

function kindOf(packet: SecretKeyPacket): Pick<ExportedKey, 'kind' | 'isRsa'> {
  const { algorithm, curve, bits } = packet.getAlgorithmInfo();
  const isRsa = /^rsa/.test(algorithm);
  return { isRsa, kind: isRsa ? `RSA ${bits ?? ''}`.trim() : (curve ?? algorithm).replace('Legacy', '') };
}

/** For the eyes of who has to choose. */
const nameOf = ({ fingerprint, kind, userIds }: ExportedKey): string => `${fingerprint} (${[kind, ...userIds].join(', ')})`;

const fits = ({ fingerprint, userIds }: ExportedKey, which: string): boolean => {
  const hex = which.replace(/^0x|\s/gi, '').toUpperCase();
  return (/^[0-9A-F]{8,}$/.test(hex) && fingerprint.endsWith(hex)) || userIds.some((userId) => userId.toLowerCase().includes(which.toLowerCase()));
};

/** The key asked for by fingerprint, key id or part of a user ID, otherwise the only RSA one. Throws KeyImportError `key-none`, `key-ambiguous`, `key-not-rsa`. */
export function chooseKey(keys: ExportedKey[], which?: string): ExportedKey {
  const asked = which === undefined ? keys : keys.filter((key) => fits(key, which));
  const there = `In this export: ${keys.map(nameOf).join('; ')}.`;
  if (asked.length === 0) throw new KeyImportError('key-none', which === undefined ? 'There is no private key in this GnuPG export.' : `There is no key ${which} in this GnuPG export. ${there}`, which === undefined ? {} : { keys: keys.map(nameOf) });
  const rsa = asked.filter(({ isRsa }) => isRsa);
  if (rsa.length > 1) throw new KeyImportError('key-ambiguous', `There are several RSA keys; say which is meant by its fingerprint. ${there}`, { keys: rsa.map(nameOf) });
  return rsa[0] ?? notRsaAmong(asked);
}

function notRsaAmong(keys: ExportedKey[]): never {
  throw notRsa(keys.map(({ kind }) => kind).join(', '));
}

/** Throws KeyImportError `key-public-only`, `key-passphrase-needed`, `key-passphrase-wrong`, `key-unsupported`. */
export async function unlock({ packet }: ExportedKey, passphrase?: string): Promise<RsaPrivateNumbers> {
  if (packet.isDummy()) throw new KeyImportError('key-public-only', 'This export has a mark in the place of the private half, as when only subkeys are exported or a smart card holds the key. Export it where the key itself is.');
  if (!packet.isDecrypted()) await decrypt(packet, passphrase);
  const { n, e } = packet.publicParams as Pick<RsaPrivateNumbers, 'n' | 'e'>;
  const { d, p, q } = packet.privateParams as Pick<RsaPrivateNumbers, 'd' | 'p' | 'q'>;
  return { n, e, d, p, q };
}

/** How it is locked; openpgp has these and does not declare them. */
type Lock = { s2k?: { type?: string } | null; unparseableKeyMaterial?: unknown };

async function decrypt(packet: SecretKeyPacket, passphrase: string | undefined): Promise<void> {
  const { s2k, unparseableKeyMaterial } = packet as unknown as Lock;
  // Argon2 would take as much memory as the file says.
  if (unparseableKeyMaterial || s2k?.type === 'argon2') throw new KeyImportError('key-unsupported', 'The key is locked in a way that is not known here. Export it with GnuPG, which locks it in the usual way.');
  if (passphrase === undefined || passphrase === '') throw passphraseNeeded();
  try {
    await packet.decrypt(passphrase);
  } catch {
    throw passphraseWrong();
  }
}
