import type { Assertion } from '@/lib/assertion/assertion';
import { fromHex, fromUtf8, toBase64Url } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { parseSnapYaml } from '@/lib/snap/snap-yaml';
import type { SnapInfo } from '@/lib/snap/snap-yaml';
import { readSnapFile } from '@/lib/tools/squashfs';
import { fetchChain } from '@/lib/trust/prerequisites';
import type { FetchAssertion } from '@/lib/trust/prerequisites';
import type { TrustAnchors } from '@/lib/trust/types';
import type { BuildRun, StageRun } from '../run';
import { checkSnaps } from './check-snaps';
import type { FetchedSnap } from './fetch';
import type { VerifiedModel } from './verify-model';

export type VerifiedSnap = FetchedSnap & {
  info: SnapInfo;
  revision: Assertion;
  declaration: Assertion;
  /** The revision and all that it needs, prerequisites first. */
  assertions: Assertion[];
};

/** snapd refuses a larger snap.yaml when a snap is installed. */
const MAX_SNAP_YAML_BYTES = 2 ** 20;

/** Every snap by its bytes: the store's assertion about this very digest, its chain up to a root, and that they speak of the snap the model means. */
export async function verifySnaps(run: BuildRun, stage: StageRun, verified: VerifiedModel, snaps: FetchedSnap[]): Promise<VerifiedSnap[]> {
  const { store, anchors } = run.services;
  const known = new Map<string, Promise<Assertion | undefined>>();
  // Snaps share declarations' accounts and the store's key: each is asked for once.
  const ask = (type: string, primaryKey: string[]) => {
    const ref = [type, ...primaryKey].join('/');
    const asked = known.get(ref) ?? store.assertion(type, primaryKey, { signal: stage.signal });
    known.set(ref, asked);
    return asked;
  };
  let done = 0;
  const total = snaps.reduce((sum, { resolved }) => sum + resolved.sizeBytes, 0);
  const all = await Promise.all(
    snaps.map(async (snap) => {
      const verifiedSnap = await verifySnap(snap, verified, { ask, anchors }, stage);
      done += snap.resolved.sizeBytes;
      stage.progress(done, total);
      return verifiedSnap;
    }),
  );
  await checkSnaps(run, stage, verified, all);
  const publishers = [...new Set(all.map(({ resolved }) => resolved.publisher.displayName))];
  stage.say(`Digest, size, name and publisher of all ${all.length} snaps hold up to a root. Published by ${publishers.join(', ')}.`);
  return all;
}

type Source = { ask: FetchAssertion; anchors: TrustAnchors };

async function verifySnap(snap: FetchedSnap, { trusted }: VerifiedModel, { ask, anchors }: Source, stage: StageRun): Promise<VerifiedSnap> {
  const { resolved } = snap;
  const revision = await ask('snap-revision', [toBase64Url(fromHex(resolved.sha3_384))]);
  if (!revision) throw new AppError('snap-not-asserted', `The store has no assertion about the bytes of ${resolved.name} revision ${resolved.revision}, so nobody vouches for them.`);
  const assertions = await fetchChain([revision], ask, { anchors, signal: stage.signal });
  trusted.add(assertions);
  const verdict = trusted.check(revision);
  if (!verdict.ok) throw new AppError('snap-signature', `Nobody trusted vouches for ${resolved.name} revision ${resolved.revision}: ${verdict.broken.message}`, { details: { link: verdict.broken } });

  const declaration = assertions.find((a) => a.type === 'snap-declaration' && a.headers['snap-id'] === revision.headers['snap-id']);
  if (!declaration) throw new AppError('snap-not-asserted', `The store has no declaration of the snap ${resolved.name}.`);
  crossCheck(snap, revision, declaration);
  const info = await readInfo(snap, stage);
  return { ...snap, info, revision, declaration, assertions };
}

/** snapd asserts/snapasserts: what the store said against what is signed. */
function crossCheck({ resolved }: FetchedSnap, revision: Assertion, declaration: Assertion): void {
  const differs = (code: string, what: string, signed: unknown, said: unknown) => {
    if (String(signed) === String(said)) return;
    throw new AppError(code, `The store gave ${resolved.name} with ${what} ${String(said)}, but signed ${String(signed)}. Build again; if it stays, tell whoever runs the store.`);
  };
  differs('snap-size', 'size', revision.headers['snap-size'], resolved.sizeBytes);
  differs('snap-id', 'snap id', revision.headers['snap-id'], resolved.snapId);
  differs('snap-revision', 'revision', revision.headers['snap-revision'], resolved.revision);
  if (declaration.headers['snap-name'] === '') throw new AppError('snap-revoked', `The name ${resolved.name} has been taken back from its snap. Remove it from the model and sign again.`);
  differs('snap-renamed', 'name', declaration.headers['snap-name'], resolved.name);
}

async function readInfo({ path, resolved }: FetchedSnap, { signal }: StageRun): Promise<SnapInfo> {
  const text = fromUtf8(await readSnapFile(path, 'meta/snap.yaml', MAX_SNAP_YAML_BYTES, { signal }));
  if (text === undefined) throw new AppError('snap-yaml-invalid', `meta/snap.yaml of ${resolved.name} is not UTF-8.`);
  const info = parseSnapYaml(text);
  if (info.name !== resolved.name) throw new AppError('snap-renamed', `The file of the snap ${resolved.name} says that its name is ${info.name}.`);
  return info;
}
