import { randomUUID } from 'node:crypto';
import { failBuild, markCancelled, releaseBuild, renewLease, takeBuild } from '@/db/build-progress';
import { sendSweep } from '@/db/queue';
import { buildImage } from './build-image';
import { Cancelled, describeFailure, LeaseLost, MAX_ATTEMPTS } from './failures';
import { startRun } from './run';
import type { BuildRun } from './run';
import type { Services } from './services';

/** How soon a cancel is heard. */
const RENEW_MS = 1000;
/** Tells the workers apart. */
const PROCESS = randomUUID();

/**
 * Builds what the queue handed over, to one of its ends: published, failed, cancelled, or given back for another attempt.
 * Throws only in the last case, so that the queue hands it over again. `signal` aborts when the queue has given it to another or stops.
 */
export async function runBuild(buildId: string, signal: AbortSignal, services: Services): Promise<void> {
  const owner = `${PROCESS}/${randomUUID()}`;
  const taken = await takeBuild(services.db, buildId, owner);
  if (!taken) return;
  const log = services.log.child({ build: buildId, brand: taken.brand.slug, number: taken.number, attempt: taken.attempt });
  const stop = new AbortController();
  const run = startRun({ taken, owner, services, signal: AbortSignal.any([signal, stop.signal]) });
  const renewing = renewUntil(run, (reason) => stop.abort(reason));
  log.info('build taken');
  try {
    await buildImage(run);
    log.info('build published');
  } catch (error) {
    // What a stage throws when it is stopped is of no interest: why it was stopped is.
    const reason: unknown = run.signal.aborted ? run.signal.reason : error;
    await settle(run, reason, signal.aborted, log);
  } finally {
    renewing();
    await run.packer.close();
  }
}

async function settle(run: BuildRun, reason: unknown, queueStops: boolean, log: Services['log']): Promise<void> {
  const { taken, owner, services } = run;
  if (reason instanceof LeaseLost) {
    log.warn('another worker has taken the build over');
    return;
  }
  if (reason instanceof Cancelled) {
    await markCancelled(services.db, taken.buildId, owner);
    await discard(run);
    log.info('build cancelled');
    return;
  }
  const failure = describeFailure(reason);
  const stage = run.current;
  if (queueStops || (failure.transient && taken.attempt < MAX_ATTEMPTS)) {
    const message = queueStops ? 'The worker was stopped.' : failure.message;
    await releaseBuild(services.db, taken.buildId, owner, { stage, message });
    log.warn({ err: reason, stage }, 'build given back');
    throw new Error(`build ${taken.number} was given back: ${message}`, { cause: reason });
  }
  log.error({ err: reason, stage, code: failure.code }, 'build failed');
  await failBuild(services.db, taken.buildId, owner, { code: failure.code, message: failure.message, stage });
  await discard(run);
}

/** What nobody will see is not kept. */
async function discard({ stored, services }: BuildRun): Promise<void> {
  if (stored.length > 0) await sendSweep(services.db, stored);
}

/** Keeps the lease and listens for a cancel, until the returned function is called. A database that does not answer is asked again: the queue's heartbeat decides who is dead. */
function renewUntil({ taken, owner, services }: BuildRun, stop: (reason: unknown) => void): () => void {
  let ended = false;
  let timer: NodeJS.Timeout;
  const renew = async () => {
    try {
      const lease = await renewLease(services.db, taken.buildId, owner);
      if (ended) return;
      if (!lease) return stop(new LeaseLost());
      if (lease.cancelRequested) return stop(new Cancelled());
    } catch (error) {
      services.log.warn({ err: error, build: taken.buildId }, 'the lease could not be renewed');
    }
    if (!ended) timer = setTimeout(() => void renew(), RENEW_MS);
  };
  timer = setTimeout(() => void renew(), RENEW_MS);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
