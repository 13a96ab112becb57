import { deriveGuid } from '../image/identifiers';
import { lockSeed } from '../build/lock';
import { utf8 } from '../bytes';
import type { EvidenceInput, Sha256 } from './input';

/**
 * An identifier of a document about an image: of version 8 (RFC 9562), lower-case. The same lock, build and kind of document give the same one, others another.
 * `content` is what the document says, so that no two that differ are called alike.
 */
export function documentUuid(kind: string, content: string, { lock, brand, buildNumber }: Pick<EvidenceInput, 'lock' | 'brand' | 'buildNumber'>, sha256: Sha256): string {
  const root = sha256(utf8(lockSeed(lock)));
  return deriveGuid({ root, sha256 }, `evidence/${kind}/${JSON.stringify([brand.accountId, buildNumber ?? null])}/${content}`).toLowerCase();
}

/** JSON as the documents are written: two spaces, a line feed at the end. */
export const documentText = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
