import { and, asc, desc, eq, gt, ilike, inArray, lt, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import { ARTIFACT_KINDS } from '@/lib/api/builds';
import type { ArtifactView, BuildSummary, BuildView, LogLine, StageView } from '@/lib/api/builds';
import type { ListQuery, Page } from '@/lib/api/common';
import { STAGES } from '@/lib/build/states';
import type { BuildState } from '@/lib/build/states';
import { AppError } from '@/lib/errors';
import type { Ctx, Database } from './context';
import { displayNameOf } from './model-rows';
import { readImagesKept } from './keeping';
import { readCursor, toPage } from './paging';
import { readProof } from './proof-rows';
import { quoted } from './schema/columns';
import { artifact, build, buildEvent, buildStage } from './schema/builds';
import { model, modelVersion, signature } from './schema/models';
import { person } from './schema/people';
import { isRowNumber, likeLiteral, storable } from './text';

export type BuildRow = typeof build.$inferSelect;

/** The brand's build of that number, locked until the transaction ends when `lock`. Throws AppError `not-found`. */
export async function requireBuild(ctx: Ctx, db: Database, number: number, lock = false): Promise<BuildRow> {
  const query = db.select().from(build).where(and(eq(build.brandId, ctx.brand.id), eq(build.number, isRowNumber(number) ? number : 0)));
  const [row] = await (lock ? query.for('update') : query);
  if (!row) throw new AppError('not-found', `There is no build ${number} in ${ctx.brand.name}.`);
  return row;
}

const factsQuery = (db: Database) =>
  db
    .select({
      row: build,
      model: model.name,
      headers: modelVersion.headers,
      revision: signature.revision,
      version: signature.version,
      requesterName: person.name,
      requesterEmail: person.email,
      imageBytes: sql<string | null>`(select sum(${artifact.sizeBytes}) from ${artifact} where ${artifact.buildId} = ${build.id} and ${artifact.kind} = 'image-zst')`,
    })
    .from(build)
    .innerJoin(model, eq(model.id, build.modelId))
    .innerJoin(signature, eq(signature.id, build.signatureId))
    .innerJoin(modelVersion, and(eq(modelVersion.modelId, signature.modelId), eq(modelVersion.number, signature.version)))
    .innerJoin(person, eq(person.id, build.requestedBy))
    .$dynamic();

export type BuildFacts = Awaited<ReturnType<typeof factsQuery>>[number];

export async function readFacts(db: Database, buildId: string): Promise<BuildFacts> {
  const [facts] = await factsQuery(db).where(eq(build.id, buildId));
  return facts!;
}

function summaryView(facts: BuildFacts, stages: StageView[]): BuildSummary {
  const { row } = facts;
  return {
    number: row.number,
    model: facts.model,
    modelDisplayName: displayNameOf(facts.headers, facts.model),
    revision: facts.revision,
    version: facts.version,
    state: row.state,
    cancelRequested: row.cancelRequestedAt !== null,
    requestedAt: row.requestedAt.toISOString(),
    requestedBy: { name: facts.requesterName, email: facts.requesterEmail },
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    stages,
    imageBytes: facts.imageBytes === null ? null : Number(facts.imageBytes),
    production: row.production,
  };
}

async function readStages(db: Database, buildIds: string[]): Promise<Map<string, StageView[]>> {
  const stages = new Map<string, StageView[]>(buildIds.map((id) => [id, []]));
  if (buildIds.length === 0) return stages;
  const rows = await db.select().from(buildStage).where(inArray(buildStage.buildId, buildIds));
  for (const row of rows)
    stages.get(row.buildId)!.push({
      name: row.name,
      state: row.state,
      startedAt: row.startedAt?.toISOString() ?? null,
      finishedAt: row.finishedAt?.toISOString() ?? null,
      bytesDone: row.bytesDone,
      bytesTotal: row.bytesTotal,
      sentence: row.sentence,
    });
  for (const list of stages.values()) list.sort((a, b) => STAGES.indexOf(a.name) - STAGES.indexOf(b.name));
  return stages;
}

export async function readBuild(db: Database, { id }: Pick<BuildRow, 'id'>): Promise<BuildView> {
  const facts = await readFacts(db, id);
  const { row } = facts;
  const stages = await readStages(db, [id]);
  const [queue] = row.state === 'queued' ? await db.select({ ahead: sql<string>`count(*)` }).from(build).where(and(eq(build.state, 'queued'), sql`(${build.requestedAt}, ${build.id}) < (select b.requested_at, b.id from build b where b.id = ${id})`)) : [];
  return {
    ...summaryView(facts, stages.get(id)!),
    attempt: row.attempt,
    failure: row.failure,
    queueAhead: queue ? Number(queue.ahead) : null,
    artifacts: await readArtifactViews(db, id),
    proof: await readProof(db, id),
    snaps: row.snaps,
    warnings: row.warnings,
    imagesKept: await readImagesKept(db, row),
  };
}

const kindOrder = sql`array_position(array[${sql.raw(quoted(ARTIFACT_KINDS))}], ${artifact.kind})`;
/** Nulls are last: what is about all volumes. */
const volumeOrder = sql`array_position((select ${build.volumes} from ${build} where ${build.id} = ${artifact.buildId}), ${artifact.volume})`;

/** Volume after volume, then what is about all of them, each in the order of the kinds. */
export const readFiles = (db: Database, buildId: string): Promise<(typeof artifact.$inferSelect)[]> => db.select().from(artifact).where(eq(artifact.buildId, buildId)).orderBy(volumeOrder, kindOrder, asc(artifact.fileName));

export const readArtifactViews = async (db: Database, buildId: string): Promise<ArtifactView[]> =>
  (await readFiles(db, buildId)).map(({ kind, volume, fileName, sizeBytes, sha256, deletedAt }) => ({ kind, volume, fileName, sizeBytes, sha256, deleted: deletedAt !== null }));

export async function pageBuilds(db: Database, brandId: string, query: ListQuery & { model?: string; state?: BuildState }): Promise<Page<BuildSummary>> {
  const before = readCursor(query.after, z.number().int());
  const q = query.q ? `%${likeLiteral(query.q)}%` : undefined;
  const number = Number(query.q);
  const rows = await factsQuery(db)
    .where(
      and(
        eq(build.brandId, brandId),
        before === undefined ? undefined : lt(build.number, before),
        query.model ? eq(model.name, storable(query.model)) : undefined,
        query.state ? eq(build.state, query.state) : undefined,
        q ? or(ilike(model.name, q), sql`${modelVersion.headers} ->> 'display-name' ilike ${q}`, isRowNumber(number) ? eq(build.number, number) : undefined) : undefined,
      ),
    )
    .orderBy(desc(build.number))
    .limit(query.limit + 1);
  const stages = await readStages(db, rows.map(({ row }) => row.id));
  return toPage(rows, query.limit, ({ row }) => row.number, (facts) => summaryView(facts, stages.get(facts.row.id)!));
}

export async function readLogLines(db: Database, { id }: BuildRow, afterId: number, limit: number): Promise<LogLine[]> {
  const after = Number.isSafeInteger(afterId) && afterId > 0 ? afterId : 0;
  const rows = await db.select().from(buildEvent).where(and(eq(buildEvent.buildId, id), gt(buildEvent.id, after))).orderBy(asc(buildEvent.id)).limit(limit);
  return rows.map((row) => ({ id: row.id, at: row.at.toISOString(), stage: row.stage, level: row.level, text: row.text }));
}
