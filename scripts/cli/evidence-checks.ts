import { createHash } from 'node:crypto';
import { openEnvelope, parseEnvelope, payloadText } from '../../lib/evidence/dsse';
import type { EnvelopeVerifier } from '../../lib/evidence/dsse';
import { fileOfKind } from '../../lib/evidence/file-names';
import type { EvidenceKind } from '../../lib/evidence/file-names';
import { cycloneDxSnaps, differenceFromLock, holdsLock, lockFacts, manifestFacts, seedManifestDifference, spdxSnaps } from '../../lib/evidence/listed';
import type { LockFacts } from '../../lib/evidence/listed';
import { parseSeedManifest } from '../../lib/evidence/seed-manifest';
import { checksumDifference, lockDifference, parseStatement } from '../../lib/evidence/verify';
import type { ReadStatement } from '../../lib/evidence/verify';
import { absent, expectSame, ok } from './evidence-check';
import type { Check, Documents, Trust } from './evidence-check';
import { checkModel } from './evidence-model';
import type { EvidenceFolder } from './evidence-folder';
import { about, Refusal } from './failure';

/**
 * Every check, from what is signed to what it vouches for, one after another: signature, the two lists of digests, documents, model, what the documents say of the
 * snaps, and last the images, which take their time. Throws Refusal at the first fault.
 */
export async function* checkEvidence(folder: EvidenceFolder, verifier: EnvelopeVerifier, trust: Trust): AsyncGenerator<Check> {
  const envelopeName = fileOfKind(folder.names, 'provenance');
  if (envelopeName === undefined) throw new Refusal('evidence-unsigned', 'The checksums list no provenance (*.provenance.json), and so nothing that is signed.');
  const statement = await openStatement(folder, envelopeName, verifier);
  yield ok('signature', envelopeName, `signed by the build key ${verifier.keyId}, built by ${statement.predicate.runDetails.builder.id}`);
  expectSame(envelopeName, checksumDifference(folder.checksums, statement, envelopeName));
  yield ok('checksums', envelopeName, `${folder.checksums.length} files, the same in the provenance and in the checksums`);

  const images = new Set(statement.subject.map(({ name }) => name));
  const documents = new Map<string, Buffer>();
  for (const { fileName, sha256 } of folder.checksums) {
    if (images.has(fileName)) continue;
    const bytes = await folder.read(fileName);
    if (bytes) {
      expectDigest(fileName, sha256, createHash('sha256').update(bytes).digest('hex'));
      documents.set(fileName, bytes);
    }
    yield bytes ? ok('checksum', fileName, sha256) : absent('checksum', fileName);
  }
  yield* checkModel(folder.names, documents, statement, trust);
  yield* checkLists(folder.names, documents, statement);
  let found = documents.size - 1;
  for (const { fileName, sha256 } of folder.checksums) {
    if (!images.has(fileName)) continue;
    const digest = await folder.digest(fileName);
    if (digest !== undefined) expectDigest(fileName, sha256, digest);
    found += digest === undefined ? 0 : 1;
    yield digest === undefined ? absent('checksum', fileName) : ok('checksum', fileName, sha256);
  }
  if (found === 0) throw new Refusal('evidence-nothing-here', 'None of the files that the checksums list is here.');
}

async function openStatement(folder: EvidenceFolder, name: string, verifier: EnvelopeVerifier): Promise<ReadStatement> {
  const bytes = await folder.read(name);
  if (!bytes) throw new Refusal('evidence-unsigned', `${name} is not here, and without it nothing is signed.`);
  return about(name, () => parseStatement(payloadText(openEnvelope(parseEnvelope(bytes.toString('utf8')), verifier))));
}

function expectDigest(file: string, wanted: string, found: string): void {
  if (found !== wanted) throw new Refusal('checksum-mismatch', `${file}: Its SHA-256 is ${found}, and ${wanted} in the checksums.`);
}

type List = { kind: EvidenceKind; difference: (text: string, lock: LockFacts) => string | undefined };

const LISTS: List[] = [
  { kind: 'manifest', difference: (text, lock) => differenceFromLock(manifestFacts(text).snaps, lock, { withComponents: false }) },
  { kind: 'seedManifest', difference: (text, lock) => seedManifestDifference(parseSeedManifest(text), lock) },
  { kind: 'spdx', difference: (text, lock) => differenceFromLock(spdxSnaps(text), lock) },
  { kind: 'cycloneDx', difference: (text, lock) => differenceFromLock(cycloneDxSnaps(text), lock) },
];

/** The lock, or the one within manifest.json, against the provenance; then every list of snaps against the lock. */
async function* checkLists(names: readonly string[], documents: Documents, statement: ReadStatement): AsyncGenerator<Check> {
  const text = (name: string | undefined): string | undefined => (name === undefined ? undefined : documents.get(name)?.toString('utf8'));
  const [lockName, manifestName] = [fileOfKind(names, 'lock'), fileOfKind(names, 'manifest')];
  const [lockText, manifestText] = [text(lockName), text(manifestName)];
  const source = lockText === undefined ? manifestName : lockName;
  const lock = lockText !== undefined ? await about(lockName!, () => lockFacts(lockText)) : manifestText !== undefined ? await about(manifestName!, () => manifestFacts(manifestText).lock) : undefined;
  if (!lock || source === undefined) {
    yield absent('lock', lockName ?? manifestName ?? 'lock', 'not here, and so the lists of snaps are not held against it');
    return;
  }
  await about(source, () => expectSame(source, prefixed('the provenance is not about this lock', lockDifference(statement, lock))));
  yield ok('lock', source, `${lock.snaps.length} snaps and components, the same in the provenance`);
  if (lockText !== undefined && manifestText !== undefined) {
    await about(manifestName!, () => manifestFacts(manifestText));
    if (!holdsLock(manifestText, lockText)) throw new Refusal('evidence-mismatch', `${manifestName}: The lock in it is not ${lockName}.`);
  }
  for (const { kind, difference } of LISTS) {
    const name = fileOfKind(names, kind);
    if (name === undefined) continue;
    const own = text(name);
    if (own !== undefined) expectSame(name, await about(name, () => difference(own, lock)));
    yield own === undefined ? absent('list', name) : ok('list', name, 'the same snaps, revisions and digests as the lock');
  }
}

const prefixed = (words: string, difference: string | undefined): string | undefined => difference && `${words}: ${difference}`;
