import { createHash } from 'node:crypto';
import type { Assertion } from '@/lib/assertion/assertion';
import { encodeAssertion } from '@/lib/assertion/encode';
import type { BuildLock } from '@/lib/build/lock';
import { chooseLabel, epochOf } from '@/lib/seed/label';
import { planSeed } from '@/lib/seed/plan-seed';
import type { SeedPlan, SeedSnap } from '@/lib/seed/plan-seed';
import { fetchChain } from '@/lib/trust/prerequisites';
import { recordLock } from '@/db/build-progress';
import { LeaseLost } from '../failures';
import type { BuildRun, StageRun } from '../run';
import { count } from '../words';
import type { LaidOutGadget } from './lay-out-gadget';
import type { VerifiedModel } from './verify-model';
import type { VerifiedSnap } from './verify-snaps';

export type PlannedSeed = { plan: SeedPlan; lock: BuildLock };

const sha3 = (bytes: Uint8Array): string => createHash('sha3-384').update(bytes).digest('hex');

/** What stands on the seed partition, and with it the lock: from here on the build is the same wherever it is done. */
export async function planSeedTree(run: BuildRun, stage: StageRun, verified: VerifiedModel, snaps: VerifiedSnap[], gadget: LaidOutGadget): Promise<PlannedSeed> {
  const { taken, owner, services } = run;
  const { assertion: model, trusted } = verified;
  // Everything that vouches for the model is verified by now; it is put in the order a device reads it.
  const inOrder = await fetchChain([model], async (type, primaryKey) => trusted.find(type, primaryKey), { anchors: services.anchors, signal: stage.signal });
  const modelChain = inOrder.filter((each) => each !== model);
  const seeded = snaps.map(toSeedSnap);
  const assertions = [model, ...modelChain, ...snaps.flatMap((snap) => snap.assertions)];
  const epoch = epochOf(assertions);
  const label = chooseLabel(epoch);

  const plan = planSeed({ model, modelChain, snaps: seeded, label, bootFlags: [], gadgetFiles: gadget.trees.get(gadget.seed.yamlIndex) ?? [], kernelArgs: gadget.kernelArguments });
  const lock = makeLock({ taken, plan, epoch, assertions });
  if (!(await recordLock(services.db, taken.buildId, owner, lock))) throw new LeaseLost();
  stage.say(`Recovery system ${label}: ${count(plan.files.length, 'file')}, ${count(lock.assertions.length, 'assertion')}.`);
  return { plan, lock };
}

const toSeedSnap = ({ wanted, resolved, info, assertions }: VerifiedSnap): SeedSnap => ({
  name: resolved.name,
  snapId: resolved.snapId,
  type: info.type,
  revision: resolved.revision,
  sha3_384: resolved.sha3_384,
  sizeBytes: resolved.sizeBytes,
  channel: resolved.channel,
  defaultChannel: wanted.defaultChannel,
  assertions,
  auxInfo: { private: resolved.private, contact: resolved.contact, links: Object.keys(resolved.links).length > 0 ? resolved.links : info.links },
});

function makeLock({ taken, plan, epoch, assertions }: { taken: BuildRun['taken']; plan: SeedPlan; epoch: number; assertions: Assertion[] }): BuildLock {
  const unique = [...new Set(assertions)].map((a) => ({ type: a.type, primaryKey: a.primaryKey, revision: a.revision, sha3_384: sha3(encodeAssertion(a)) }));
  return {
    format: 1,
    model: { brandId: taken.brand.accountId, model: taken.model.name, revision: taken.model.revision, sha3_384: taken.model.sha3_384 },
    label: plan.label,
    epoch,
    sectorSize: 512,
    sizeProfile: 'full',
    bootFlags: [],
    snaps: plan.snaps.map(({ name, snapId, type, revision, sha3_384, sizeBytes, channel, auxInfo }) => ({ name, snapId, type, revision, sha3_384, sizeBytes, channel, auxInfo })),
    assertions: unique.filter((a, i) => unique.findIndex((b) => b.sha3_384 === a.sha3_384) === i),
  };
}
