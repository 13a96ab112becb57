import { eq, sql } from 'drizzle-orm';
import type { ProofView } from '@/lib/api/builds';
import type { Database } from './context';
import { artifact, buildEvidence } from './schema/builds';
import { buildKey } from './schema/keys';

/** How far the provenance of a build is. */
export async function readProof(db: Database, buildId: string): Promise<ProofView> {
  const [found] = await db
    .select({ keyId: buildKey.keyId, lost: sql<boolean>`exists (select 1 from ${artifact} where ${artifact.buildId} = ${buildEvidence.buildId} and ${artifact.sha256} is null and ${artifact.deletedAt} is not null)` })
    .from(buildEvidence)
    .leftJoin(buildKey, eq(buildKey.id, buildEvidence.buildKeyId))
    .where(eq(buildEvidence.buildId, buildId));
  if (!found) return { state: 'none', keyId: null };
  return { state: found.keyId !== null ? 'ready' : found.lost ? 'lost' : 'computing', keyId: found.keyId };
}
