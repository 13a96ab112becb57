import { z } from 'zod';
import { instant, personRef } from './common';

/** sealed: in Imprint, under its master key · offline: on somebody's own machine, which signs with `snap sign` · external: in a PKCS#11 token that Imprint asks. */
export const KEY_CUSTODIES = ['sealed', 'offline', 'external'] as const;
export type KeyCustody = (typeof KEY_CUSTODIES)[number];

/** What a key is used for: a model's signature, its own registration, a digest that snapd's key manager asked for, and the two halves of a backup. */
export const KEY_PURPOSES = ['model', 'request', 'digest', 'backup', 'drill'] as const;
export type KeyPurpose = (typeof KEY_PURPOSES)[number];

/** A PKCS#11 token of a brand, as the operator configures it. */
export const signerConfig = z.object({
  name: z.string().max(40).regex(/^[a-z0-9](?:-?[a-z0-9])*$/, 'Use lower-case letters, digits and single hyphens between them.'),
  /** Path of the PKCS#11 module, such as /usr/lib/softhsm/libsofthsm2.so. */
  module: z.string().min(1),
  /** The token's label. */
  token: z.string().min(1).max(32),
  /** Path of the file with the user PIN; never the PIN. */
  pinFile: z.string().min(1),
});
export type SignerConfig = z.infer<typeof signerConfig>;

/** draft: not known to the store · registering: sent, no account-key yet · registered: may sign · expired: past `until` · retired: never signs again. */
export const KEY_STATES = ['draft', 'registering', 'registered', 'expired', 'retired'] as const;
export type KeyState = (typeof KEY_STATES)[number];

export const keyView = z.object({
  name: z.string(),
  state: z.enum(KEY_STATES),
  /** public-key-sha3-384: 64 characters of base64url. */
  keyId: z.string(),
  bits: z.number().int(),
  /** The v1-encoded public key, as `snap export-key` prints it. */
  publicKey: z.string(),
  since: instant.nullable(),
  until: instant.nullable(),
  createdAt: instant,
  createdBy: personRef,
  registeredAt: instant.nullable(),
  /** Why the last registration did not succeed, as a sentence. */
  problem: z.string().nullable(),
  /** False when the account-key verifies only up to the embedded root. */
  production: z.boolean(),
  usedBy: z.object({ models: z.array(z.string()), signatures: z.number().int() }),
});
export type KeyView = z.infer<typeof keyView>;

/** Pattern of a key name: lower-case letters, digits, single inner hyphens, at least one letter (snapd asserts/account_key.go). */
export const keyName = z
  .string()
  .max(64, 'Use at most 64 characters.')
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'Use lower-case letters, digits and single hyphens between them.')
  .regex(/[a-z]/, 'Use at least one letter.');

export const createKeyRequest = z.object({ name: keyName, register: z.boolean().default(true) });
export type CreateKeyRequest = z.infer<typeof createKeyRequest>;
