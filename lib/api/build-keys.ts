import { z } from 'zod';
import { instant, personRef, sha256 } from './common';

/** A key that signs, or signed, the provenance of a brand's images: Ed25519. */
export const buildKeyView = z.object({
  /** SHA-256 of the public half in DER. */
  keyId: sha256,
  /** SPKI in PEM. */
  publicKey: z.string(),
  createdAt: instant,
  /** Null: made by itself, with the brand's first image. */
  createdBy: personRef.nullable(),
  /** Null: it is the one that signs. */
  replacedAt: instant.nullable(),
  /** How many builds it has signed the provenance of. */
  builds: z.number().int(),
  lastUsedAt: instant.nullable(),
});
export type BuildKeyView = z.infer<typeof buildKeyView>;
