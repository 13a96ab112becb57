import { canonicalJson } from '../build/lock';
import { toHex, utf8 } from '../bytes';
import { writeChecksums } from './checksums';
import { writeCycloneDx } from './cyclonedx';
import { envelopeText, signEnvelope } from './dsse';
import type { EnvelopeSigner } from './dsse';
import { CHECKSUMS_NAME, evidenceFileName } from './file-names';
import { documentText } from './identifier';
import type { EvidenceInput, EvidenceSideFile, Sha256 } from './input';
import { makeStatement, statementBytes } from './provenance';
import { writeSeedManifest } from './seed-manifest';
import { writeSpdx } from './spdx';

/** A file to be kept beside the image; UTF-8. */
export type WrittenFile = { fileName: string; mediaType: string; text: string };

type Means = { /** What the files are called before their endings. */ stem: string; sha256: Sha256 };

/** What is known once the image is planned, before any of its forms has a digest: lock, seed.manifest where snapd would write one, SPDX and CycloneDX. */
export function writeDocuments(input: EvidenceInput, { stem, sha256 }: Means): WrittenFile[] {
  const seedManifest = writeSeedManifest(input);
  return [
    { fileName: evidenceFileName(stem, 'lock'), mediaType: 'application/json', text: lockText(input) },
    ...(seedManifest === undefined ? [] : [{ fileName: evidenceFileName(stem, 'seedManifest'), mediaType: 'text/plain', text: seedManifest }]),
    { fileName: evidenceFileName(stem, 'spdx'), mediaType: 'application/spdx+json', text: writeSpdx(input, sha256) },
    { fileName: evidenceFileName(stem, 'cycloneDx'), mediaType: 'application/vnd.cyclonedx+json', text: writeCycloneDx(input, sha256) },
  ];
}

/** Keys in order, so that a lock that was kept in a database reads the same. */
const lockText = ({ lock }: EvidenceInput): string => documentText(JSON.parse(canonicalJson(lock)));

/**
 * What is said once every file has its digest: the provenance in its signed envelope, and the list of checksums of all, itself left out. `input.sideFiles`
 * has everything beside the images, the documents above too. Without a signer there is no provenance.
 */
export async function writeProof(input: EvidenceInput, { stem, sha256 }: Means, signer: EnvelopeSigner | undefined): Promise<WrittenFile[]> {
  const provenance = signer && { fileName: evidenceFileName(stem, 'provenance'), mediaType: 'application/vnd.in-toto.provenance+dsse', text: envelopeText(await signEnvelope(statementBytes(makeStatement(input)), signer)) };
  const listed = [...input.images, ...input.sideFiles, ...(provenance ? [sideFile(provenance, sha256)] : [])];
  return [...(provenance ? [provenance] : []), { fileName: CHECKSUMS_NAME, mediaType: 'text/plain', text: writeChecksums(listed) }];
}

/** A file as the provenance and the checksums tell it. */
export function sideFile({ fileName, mediaType, text }: WrittenFile, sha256: Sha256): EvidenceSideFile {
  const bytes = utf8(text);
  return { fileName, mediaType, sizeBytes: bytes.length, sha256: toHex(sha256(bytes)) };
}
