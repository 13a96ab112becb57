import { publish, storeArtifacts } from './stages/publish';
import { fetchSnaps } from './stages/fetch';
import { layOutGadget } from './stages/lay-out-gadget';
import { planDisk } from './stages/plan-disk';
import { planSeedTree } from './stages/plan-seed';
import { keepImage } from './stages/keep-image';
import { resolveSnaps } from './stages/resolve';
import { verifyModel } from './stages/verify-model';
import { verifySnaps } from './stages/verify-snaps';
import type { BuildRun } from './run';

/** A signed model in, published artifacts out: one line a stage. Throws what stopped it. */
export async function buildImage(run: BuildRun): Promise<void> {
  const verified = await run.stage('verify-model', (stage) => verifyModel(run, stage));
  const wanted = await run.stage('resolve', (stage) => resolveSnaps(run, stage, verified));
  const fetched = await run.stage('fetch', (stage) => fetchSnaps(run, stage, verified, wanted));
  const snaps = await run.stage('verify-snaps', (stage) => verifySnaps(run, stage, verified, fetched));
  const gadget = await run.stage('lay-out-gadget', (stage) => layOutGadget(run, stage, verified, snaps));
  const seed = await run.stage('plan-seed', (stage) => planSeedTree(run, stage, verified, snaps, gadget));
  const plan = await run.stage('plan-image', (stage) => planDisk(stage, gadget, seed));
  const { image, bmap } = await run.stage('render', (stage) => keepImage(run, stage, plan));
  const publication = { verified, snaps, lock: seed.lock, image, bmap, warnings: run.warnings };
  const stored = await run.stage('publish', (stage) => storeArtifacts(run, stage, publication));
  await publish(run, publication, stored);
}
