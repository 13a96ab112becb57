import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Assertion } from '@/lib/assertion/assertion';
import { fromHex, fromUtf8, toBase64Url } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { fullChannel } from '@/lib/snap/channel';
import { isSnapId } from '@/lib/snap/names';
import { parseSnapYaml } from '@/lib/snap/snap-yaml';
import type { SnapInfo } from '@/lib/snap/snap-yaml';
import { readComponentInfo } from '@/lib/prepare/read-snap';
import { hashFile } from '@/lib/snapstore/hash-file';
import { readSnapFile } from '@/lib/tools/squashfs';
import { ensureAccount } from './accounts';
import { openAuthority } from './authority';
import type { Authority, AuthorityOptions } from './authority';
import { openCatalog } from './catalog';
import type { StockedComponent, StockedRevision, StockedSnap } from './catalog';
import { openShelf } from './shelf';
import type { Shelf } from './shelf';
import { ifMissing, storeDir, tempBeside } from './store-dir';
import type { StoreDir } from './store-dir';

/** One .snap file and where it is released. All releases of a file name the revision that it should have. */
export type SnapToStock = {
  file: string;
  name: string;
  snapId: string;
  publisherId: string;
  title: string;
  summary: string;
  releases: { channel: string; architecture: string; revision: number }[];
  /** Files of components that go with it, and the revision that each should have. */
  components?: { file: string; revision: number }[];
};

export type StockOptions = AuthorityOptions & {
  /** Type, base, version and architectures of a file; read from its own meta/snap.yaml unless a test says otherwise. */
  readInfo?: (file: string) => Promise<SnapInfo>;
};

/** The name, digest and revision under which a file is now in the store. */
export type Stocked = { name: string; revision: number; sha3_384: string };

const SNAP_YAML_BYTES = 1024 * 1024;
const SERIES = '16';

/**
 * Puts snaps on the embedded store's shelves, with declarations and revisions signed by its authority. Doing it again changes nothing: the same bytes keep
 * their revision. New bytes that ask for a revision that others have get the next free one. A running store sees them at once.
 * Throws AppError `invalid` for a snap that does not fit what is said about it, and what reading it throws.
 */
export async function stockStore(dataDir: string, snaps: SnapToStock[], options: StockOptions = {}): Promise<Stocked[]> {
  const dir = storeDir(dataDir);
  const authority = await openAuthority(dataDir, options);
  const stocked: Stocked[] = [];
  for (const snap of snaps) stocked.push(await stockSnap(dir, authority, snap, options));
  return stocked;
}

async function stockSnap(dir: StoreDir, authority: Authority, snap: SnapToStock, options: StockOptions): Promise<Stocked> {
  const shelf = openShelf(dir);
  const wanted = wantedRevision(snap);
  const { sha3_384, sizeBytes } = await keepFile(dir, snap.file);
  const info = await (options.readInfo ?? readInfo)(dir.snapFile(sha3_384));
  if (info.name !== snap.name) throw new AppError('invalid', `${basename(snap.file)} is the snap ${info.name}, not ${snap.name}.`);

  await ensureAccount(dir, authority, { id: snap.publisherId, displayName: snap.publisherId });
  await ensureDeclaration(shelf, authority, snap);
  const assertion = await ensureRevision(shelf, authority, snap, sha3_384, sizeBytes, wanted);
  const revision = Number(assertion.headers['snap-revision']);
  const components: StockedComponent[] = [];
  for (const component of snap.components ?? []) components.push(await stockComponent(dir, authority, snap, revision, component));
  await release(dir, snap, { revision, sha3_384, sizeBytes, ...describe(info), createdAt: String(assertion.headers['timestamp']), components }, (options.now ?? (() => new Date()))());
  return { name: snap.name, revision, sha3_384 };
}

/** The bytes of a component and what joins them to this revision of their snap. Throws AppError `invalid` for a component of another snap. */
async function stockComponent(dir: StoreDir, authority: Authority, snap: SnapToStock, snapRevision: number, { file, revision }: { file: string; revision: number }): Promise<StockedComponent> {
  const shelf = openShelf(dir);
  const { sha3_384, sizeBytes } = await keepFile(dir, file);
  const { snapName, name, type, version } = await readComponentInfo(dir.snapFile(sha3_384));
  if (snapName !== snap.name) throw new AppError('invalid', `${basename(file)} is a component of ${snapName}, not of ${snap.name}.`);
  const digest = toBase64Url(fromHex(sha3_384));
  const about = { 'snap-id': snap.snapId, 'resource-name': name, 'developer-id': snap.publisherId };
  const known = await shelf.get('snap-resource-revision', [snap.snapId, name, digest]);
  const signed = known ?? (await authority.issue({ type: 'snap-resource-revision', ...about, 'resource-sha3-384': digest, 'resource-size': String(sizeBytes), 'resource-revision': String(revision) }));
  if (!known) await shelf.put(signed);
  const given = String(signed.headers['resource-revision']);
  if (!(await shelf.get('snap-resource-pair', [snap.snapId, name, given, String(snapRevision)]))) await shelf.put(await authority.issue({ type: 'snap-resource-pair', ...about, 'resource-revision': given, 'snap-revision': String(snapRevision) }));
  return { name, type, version, revision: Number(given), sha3_384, sizeBytes };
}

function wantedRevision({ name, snapId, releases }: SnapToStock): number {
  const revisions = new Set(releases.map((release) => release.revision));
  const [revision] = revisions;
  if (!isSnapId(snapId)) throw new AppError('invalid', `"${snapId}" cannot be the id of the snap ${name}: it takes 32 letters and digits.`);
  if (revision === undefined || revisions.size > 1 || !Number.isInteger(revision) || revision < 1) throw new AppError('invalid', `The snap ${name} needs releases, all of one revision of 1 or more.`);
  const bad = releases.find(({ channel }) => fullChannel(channel) === undefined);
  if (bad) throw new AppError('invalid', `The snap ${name} cannot be released in "${bad.channel}": write a channel as track/risk.`);
  return revision;
}

/** What is hashed is our own copy, so that nobody can change it in between. */
async function keepFile(dir: StoreDir, file: string): Promise<{ sha3_384: string; sizeBytes: number }> {
  await mkdir(dir.snaps, { recursive: true });
  const temp = tempBeside(dir.snapFile('new'));
  try {
    await copyFile(file, temp, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    const sha3_384 = await hashFile(temp);
    const { size: sizeBytes } = await stat(temp);
    const kept = await stat(dir.snapFile(sha3_384)).catch(ifMissing);
    if (kept?.size !== sizeBytes) {
      await chmod(temp, 0o444);
      await rename(temp, dir.snapFile(sha3_384));
    }
    return { sha3_384, sizeBytes };
  } finally {
    await rm(temp, { force: true });
  }
}

async function readInfo(file: string): Promise<SnapInfo> {
  const yaml = fromUtf8(await readSnapFile(file, 'meta/snap.yaml', SNAP_YAML_BYTES));
  if (yaml === undefined) throw new AppError('invalid', `The meta/snap.yaml of ${basename(file)} is not UTF-8.`);
  return parseSnapYaml(yaml);
}

const describe = ({ version, type, base, architectures, confinement }: SnapInfo) => ({ version, type, base: base ?? null, architectures, confinement });

async function ensureDeclaration(shelf: Shelf, authority: Authority, { name, snapId, publisherId }: SnapToStock): Promise<void> {
  const known = await shelf.get('snap-declaration', [SERIES, snapId]);
  if (known && known.headers['snap-name'] === name && known.headers['publisher-id'] === publisherId) return;
  await shelf.put(
    await authority.issue({
      type: 'snap-declaration',
      ...(known && { revision: String(known.revision + 1) }),
      series: SERIES,
      'snap-id': snapId,
      'snap-name': name,
      'publisher-id': publisherId,
    }),
  );
}

/** The assertion is what counts: after a kill between it and the catalog, its revision is taken up again. */
async function ensureRevision(shelf: Shelf, authority: Authority, snap: SnapToStock, sha3_384: string, sizeBytes: number, wanted: number): Promise<Assertion> {
  const digest = toBase64Url(fromHex(sha3_384));
  const known = await shelf.get('snap-revision', [digest]);
  if (known && known.headers['snap-id'] !== snap.snapId) throw new AppError('invalid', `${basename(snap.file)} is already in the store as another snap, ${String(known.headers['snap-id'])}.`);
  if (known) return known;
  const taken = (await shelf.list('snap-revision')).filter((one) => one.headers['snap-id'] === snap.snapId).map((one) => Number(one.headers['snap-revision']));
  const issued = await authority.issue({
    type: 'snap-revision',
    'snap-sha3-384': digest,
    'snap-id': snap.snapId,
    'snap-size': String(sizeBytes),
    'snap-revision': String(taken.includes(wanted) ? Math.max(...taken) + 1 : wanted),
    'developer-id': snap.publisherId,
  });
  await shelf.put(issued);
  return issued;
}

/** Last of all, so that the catalog never names what is not there. */
async function release(dir: StoreDir, snap: SnapToStock, revision: StockedRevision, now: Date): Promise<void> {
  const catalog = openCatalog(dir);
  const { name, snapId, publisherId, title, summary } = snap;
  const known: Pick<StockedSnap, 'revisions' | 'releases'> = (await catalog.get(name)) ?? { revisions: [], releases: [] };
  const releases = snap.releases.map(({ channel, architecture }) => {
    const whole = fullChannel(channel) ?? channel;
    const before = known.releases.find((one) => one.channel === whole && one.architecture === architecture);
    return before?.revision === revision.revision ? before : { channel: whole, architecture, revision: revision.revision, releasedAt: now.toISOString() };
  });
  const replaced = (one: { channel: string; architecture: string }) => releases.some((r) => r.channel === one.channel && r.architecture === one.architecture);
  await catalog.put({
    name,
    snapId,
    publisherId,
    title,
    summary,
    revisions: [...known.revisions.filter((one) => one.revision !== revision.revision), revision],
    releases: [...known.releases.filter((one) => !replaced(one)), ...releases],
  });
}
