import type { IncomingMessage, ServerResponse } from 'node:http';
import { MEDIA_TYPES } from '@/lib/api/builds';
import type { ArtifactKind } from '@/lib/api/builds';
import { NOTHING, requireQuery } from '@/lib/api/parse';
import { shareQuery } from '@/lib/api/shares';
import { AppError } from '@/lib/errors';
import { bearerOf } from '@/lib/keys/api-token';
import { readSession } from '@/lib/session-cookie';
import type { BlobStore } from '@/lib/storage/blob-store';
import { readStored } from '@/lib/storage/read-stored';
import type { StoredArtifact } from '@/db/artifacts';
import { findArtifact } from '@/db/builds';
import type { Ctx, Database } from '@/db/context';
import { enterBrand } from '@/db/enter-brand';
import { findPerson } from '@/db/people';
import { openSharedArtifact } from '@/db/shares';
import type { NoteSent } from '@/db/shares';
import { findBearer } from '@/db/tokens';
import { serveFile } from './serve-file';

export type Download = { kind: 'artifact'; brand: string; build: number; fileName: string } | { kind: 'share'; id: string; fileName: string; token: string };

type From = { address: string; requestId: string };
type Stores = { db: Database; store: BlobStore };

/** All texts of ours are UTF-8. */
const contentType = (kind: ArtifactKind): string => (MEDIA_TYPES[kind].startsWith('text/') ? `${MEDIA_TYPES[kind]}; charset=utf-8` : MEDIA_TYPES[kind]);

/** Which download an address names; undefined when it names none. Throws AppError `invalid` for its query. */
export function parseDownload(url: URL): Download | undefined {
  const [first, second, third, fourth, ...rest] = url.pathname.slice(1).split('/').map(decoded);
  if (!second || !third || !fourth || rest.length > 0) return undefined;
  if (first === 'artifacts' && /^[1-9]\d{0,8}$/.test(third)) {
    requireQuery(url.searchParams, NOTHING);
    return { kind: 'artifact', brand: second, build: Number(third), fileName: fourth };
  }
  if (first !== 's' || third !== 'download') return undefined;
  const { t: token } = requireQuery(url.searchParams, shareQuery);
  return { kind: 'share', id: second, fileName: fourth, token };
}

/** Which share link an address is the page of; undefined when it is none. What mail programs add to it passes. */
export function parseSharePage(url: URL): { id: string; token: string } | undefined {
  const [first, id, ...rest] = url.pathname.slice(1).split('/').map(decoded);
  if (first !== 's' || !id || rest.length > 0) return undefined;
  const [token = '', ...more] = url.searchParams.getAll('t');
  return { id, token: more.length > 0 ? '' : token };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new AppError('not-found', 'There is nothing at this address.', { cause });
  }
}

/** Sends an artifact to a member of its brand, or to whoever has a link to it. Throws AppErrors before the first byte is out. */
export async function serveDownload(request: IncomingMessage, response: ServerResponse, download: Download, { db, store }: Stores, from: From): Promise<void> {
  const { file: artifact, note } = download.kind === 'artifact' ? { file: await findOwn(request, download, db, from), note: undefined } : await findShared(request, download, db, from);
  await serveFile(request, response, {
    fileName: artifact.fileName,
    contentType: contentType(artifact.kind),
    sizeBytes: artifact.sizeBytes,
    // Its own digest may not be known yet, and its bytes never change.
    etag: artifact.id,
    lastModified: artifact.createdAt,
    sha256: artifact.sha256,
    read: (range) => readStored(store, artifact, range, { reuse: true }),
    ...(note && { note }),
  });
}

async function findOwn(request: IncomingMessage, { brand, build, fileName }: Download & { kind: 'artifact' }, db: Database, from: From): Promise<StoredArtifact> {
  const ctx = await enter(request, brand, db, from);
  if (!ctx) throw new AppError('not-found', 'There is nothing at this address.');
  return findArtifact(ctx, build, fileName);
}

async function enter({ headers }: IncomingMessage, brand: string, db: Database, from: From): Promise<Ctx | undefined> {
  const secret = bearerOf(headers.authorization);
  if (secret !== undefined) {
    const bearer = await findBearer(db, secret, from.address);
    if (!bearer) throw new AppError('unauthenticated', 'This API token is not known, or it was revoked or has expired.');
    return enterBrand(db, bearer.person, brand, { ...from, token: bearer.token });
  }
  const session = await readSession(headers.cookie);
  const person = session && (await findPerson(db, session.sessionId));
  if (!person) throw new AppError('unauthenticated', 'You are not signed in, or your session has ended. Sign in and download again.');
  return enterBrand(db, person, brand, from);
}

async function findShared({ headers }: IncomingMessage, { id, fileName, token }: Download & { kind: 'share' }, db: Database, { address }: From) {
  const userAgent = headers['user-agent'] ?? '';
  const found: { file: StoredArtifact; note?: NoteSent } | undefined = await openSharedArtifact(db, { id, token, address, userAgent, fileName });
  if (!found) throw new AppError('not-found', 'This link does not work: it has expired, was revoked, or is not complete. Ask whoever sent it for a new one.');
  return found;
}
