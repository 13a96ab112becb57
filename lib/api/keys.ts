import { z } from 'zod';
import { instant, listQuery, personRef } from './common';

/** sealed: in Imprint, under its master key · offline: on somebody's own machine, which signs with `snap sign` · external: in a PKCS#11 token that Imprint asks. */
export const KEY_CUSTODIES = ['sealed', 'offline', 'external'] as const;
export type KeyCustody = (typeof KEY_CUSTODIES)[number];

/** What a key is used for: a model's signature, its own registration, a digest that snapd's key manager asked for, and the two halves of a backup. */
export const KEY_PURPOSES = ['model', 'request', 'digest', 'backup', 'drill'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** A PKCS#11 token of a brand, as the operator configures it. */
export const signerConfig = z.strictObject({
  name: z.string().max(40).regex(/^[a-z0-9](?:-?[a-z0-9])*$/, 'Use lower-case letters, digits and single hyphens between them.'),
  /** Path of the PKCS#11 module, such as /usr/lib/softhsm/libsofthsm2.so. */
  module: z.string().min(1),
  /** The token's label. */
  token: z.string().min(1).max(32),
  /** Path of the file with the user PIN; never the PIN. */
  pinFile: z.string().min(1),
  /** What the module wants to find in its environment, such as SOFTHSM2_CONF. */
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).optional(),
});
export type SignerConfig = z.infer<typeof signerConfig>;

/** draft: not known to the store · registering: asked for, no account-key yet · registered: may sign · expiring: may sign, but not for long · expired: past `until` · retired: never signs again. */
export const KEY_STATES = ['draft', 'registering', 'registered', 'expiring', 'expired', 'retired'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** How long before its `until` a key is `expiring`. */
export const EXPIRING_DAYS = 90;
/** After how long without a restore drill a backup is not relied on. */
export const UNPROVEN_DAYS = 180;

/** Whether a key of that state signs models. */
export const maySign = (state: KeyState): boolean => state === 'registered' || state === 'expiring';

export const keyView = z.object({
  name: z.string(),
  state: z.enum(KEY_STATES),
  /** public-key-sha3-384: 64 characters of base64url. */
  keyId: z.string(),
  bits: z.number().int(),
  custody: z.enum(KEY_CUSTODIES),
  /** Of an external key: which of the brand's signers holds it, and its label there. */
  signer: z.object({ name: z.string(), label: z.string() }).nullable(),
  /** The v1-encoded public key, as `snap export-key` prints it. */
  publicKey: z.string(),
  since: instant.nullable(),
  until: instant.nullable(),
  /** What it may sign at all, as its account-key says: any entry will do, and within it every header. Null: everything. */
  constraints: z.array(z.record(z.string(), z.unknown())).nullable(),
  createdAt: instant,
  createdBy: personRef,
  registeredAt: instant.nullable(),
  retiredAt: instant.nullable(),
  /** Why it is not registered: the store's refusal of a draft, or what a key that is `registering` waits for. */
  problem: z.string().nullable(),
  /** False when the account-key verifies only up to the embedded root. */
  production: z.boolean(),
  /** The key that a rotation puts in its place, and those that it is put in the place of. */
  successor: z.string().nullable(),
  replaces: z.array(z.string()),
  /** When a backup was last made, and when a restore drill last showed that one can be used, and whose. */
  backup: z.object({ madeAt: instant.nullable(), provenAt: instant.nullable(), provenBy: personRef.nullable() }),
  usedBy: z.object({ models: z.array(z.string()), signatures: z.number().int(), builds: z.number().int() }),
  lastUsedAt: instant.nullable(),
});
export type KeyView = z.infer<typeof keyView>;

/** Pattern of a key name: lower-case letters, digits, single inner hyphens, at least one letter (snapd asserts/account_key.go). */
export const keyName = z
  .string()
  .max(64, 'Use at most 64 characters.')
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'Use lower-case letters, digits and single hyphens between them.')
  .regex(/[a-z]/, 'Use at least one letter.');

export const createKeyRequest = z.strictObject({ name: keyName, register: z.boolean().default(true) });
export type CreateKeyRequest = z.infer<typeof createKeyRequest>;

/** One use of a key, as its log shows it. */
export const keyUseView = z.object({
  id: z.string(),
  at: instant,
  purpose: z.enum(KEY_PURPOSES),
  /** What came of it, as the rest of a sentence: "model kiosk revision 3". */
  subject: z.string(),
  /** SHA-512 of what was signed, lower-case hexadecimal; null where nothing was signed. */
  digest: z.string().nullable(),
  actor: personRef,
  /** Name of the API token that acted for the person. */
  token: z.string().nullable(),
});
export type KeyUseView = z.infer<typeof keyUseView>;

export const keyUseQuery = listQuery.omit({ q: true }).extend({ purpose: z.enum(KEY_PURPOSES).optional() });
export type KeyUseQuery = z.infer<typeof keyUseQuery>;

/** A revision that a key has signed, and the numbers of the builds made of it, newest first. */
export const keySignature = z.object({ model: z.string(), version: z.number().int(), revision: z.number().int(), signedAt: instant, signedBy: personRef, builds: z.array(z.number().int()) });
export type KeySignature = z.infer<typeof keySignature>;

export const keySignaturesQuery = listQuery.omit({ q: true });

/** One of the brand's PKCS#11 tokens: its name in the configuration, and its own label. */
export const signerRef = z.object({ name: z.string(), token: z.string() });
export type SignerRef = z.infer<typeof signerRef>;

/** The change from a key to the one that follows it. */
export const keyRotation = z.object({
  key: keyView,
  successor: keyView.nullable(),
  /** Every model that the old key has signed, by name, with the newest signature it has; `waiting` while that is the old key's. */
  models: z.array(z.object({ model: z.string(), version: z.number().int(), revision: z.number().int(), signedAt: instant, keyName: z.string(), waiting: z.boolean() })),
});
export type KeyRotation = z.infer<typeof keyRotation>;

export const planRotationRequest = z.strictObject({ successor: keyName.nullable() });
export type PlanRotationRequest = z.infer<typeof planRotationRequest>;

/** A text of an account-key-request is below 4 KB; the largest key file, a keyring in armour, below 200. */
const MAX_KEY_FILE_CHARACTERS = 512 * 1024;
const keyFile = z.string().min(1, 'Choose the file first.').max(MAX_KEY_FILE_CHARACTERS, 'This is too large for a key. Choose the file of one key.');

export const enrolOfflineRequest = z.strictObject({ request: z.string().min(1, 'Paste what snap export-key printed.').max(64 * 1024) });
export type EnrolOfflineRequest = z.infer<typeof enrolOfflineRequest>;

export const enrolExternalRequest = z.strictObject({ name: keyName, signer: z.string().min(1, 'Choose a signer.').max(40), label: z.string().min(1, 'Say the key’s label in the token.').max(200) });
export type EnrolExternalRequest = z.infer<typeof enrolExternalRequest>;

/** `file` is the base64 of the file's bytes; `which` of several keys in a GnuPG export: a fingerprint, the end of one, or part of a user ID. */
export const importKeyRequest = z.strictObject({ name: keyName, file: keyFile, passphrase: z.string().max(1000).optional(), which: z.string().max(200).optional() });
export type ImportKeyRequest = z.infer<typeof importKeyRequest>;

export const PASSPHRASE_CHARACTERS = 12;
export const backupKeyRequest = z.strictObject({ passphrase: z.string().min(PASSPHRASE_CHARACTERS, `Use at least ${PASSPHRASE_CHARACTERS} characters: whoever has the file can try as often as they like.`).max(1000) });
export type BackupKeyRequest = z.infer<typeof backupKeyRequest>;

/** A private key under a passphrase, as a PEM file. */
export const keyBackup = z.object({ fileName: z.string(), text: z.string() });
export type KeyBackup = z.infer<typeof keyBackup>;

/** `backup` is the text of the file that a backup gave. */
export const drillRequest = z.strictObject({ backup: keyFile, passphrase: z.string().min(1, 'Type the passphrase of the backup.').max(1000) });
export type DrillRequest = z.infer<typeof drillRequest>;
