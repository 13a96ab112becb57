import { and, desc, eq, isNotNull, isNull, max } from 'drizzle-orm';
import type { ImagesKept } from '@/lib/api/retention';
import { keptUntil } from '@/lib/build/retention';
import type { KeptBecause } from '@/lib/build/retention';
import { liveImage } from './artifacts';
import type { Database } from './context';
import { brand } from './schema/brands';
import { artifact, build } from './schema/builds';
import { person } from './schema/people';
import { share } from './schema/shares';

type BuildRow = typeof build.$inferSelect;

export const hasImages = async (db: Database, { id }: Pick<BuildRow, 'id'>): Promise<boolean> => (await db.select({ id: artifact.id }).from(artifact).where(and(eq(artifact.buildId, id), liveImage)).limit(1)).length > 0;

/** Until when the images of a build that is over are kept, as things stand. */
export async function readKeptUntil(db: Database, row: BuildRow): Promise<{ until: Date | null; because: KeptBecause }> {
  const [rule] = await db.select({ keepImagesDays: brand.keepImagesDays, keepImagesSince: brand.keepImagesSince }).from(brand).where(eq(brand.id, row.brandId));
  const [links] = await db.select({ until: max(share.expiresAt) }).from(share).where(and(eq(share.buildId, row.id), isNull(share.revokedAt)));
  return keptUntil({ builtAt: row.finishedAt ?? row.requestedAt, ...rule!, pinned: row.imagesPinnedAt !== null, extendedUntil: row.imagesKeptUntil, linkedUntil: links?.until ?? null });
}

/** For the build's page. */
export async function readImagesKept(db: Database, row: BuildRow): Promise<ImagesKept | null> {
  if (row.state !== 'succeeded') return null;
  if (!(await hasImages(db, row))) return readGone(db, row);
  const { until, because } = await readKeptUntil(db, row);
  const [by] = row.imagesPinnedBy ? await db.select({ name: person.name, email: person.email }).from(person).where(eq(person.id, row.imagesPinnedBy)) : [];
  return { state: 'kept', until: until?.toISOString() ?? null, because, pinned: by && row.imagesPinnedAt ? { at: row.imagesPinnedAt.toISOString(), by } : null };
}

async function readGone(db: Database, { id }: BuildRow): Promise<ImagesKept | null> {
  const [last] = await db.select({ at: artifact.deletedAt, because: artifact.deletedBecause }).from(artifact).where(and(eq(artifact.buildId, id), isNotNull(artifact.deletedAt))).orderBy(desc(artifact.deletedAt)).limit(1);
  return last?.at && last.because ? { state: 'gone', at: last.at.toISOString(), because: last.because } : null;
}
