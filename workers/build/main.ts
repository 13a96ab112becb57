/** The build worker: any number of these, on any number of machines that see the same database, store and artifacts. */
import { env } from '@/lib/env';
import { log } from '@/lib/log';
import { artifactsFolder } from '@/lib/storage/open-store';
import { abandonBuild, isSuspect } from '@/db/build-progress';
import { openDatabase } from '@/db/client';
import { connect } from '@/db/connect';
import { openQueue, workBuilds, workDigests, workSweeps, workTidying } from '@/db/queue';
import { runProcess } from '../main-process';
import { assertOwnArtifacts } from '../own-artifacts';
import { digestArtifact, sweep } from './digest';
import { runBuild } from './run-build';
import { openServices } from './services';
import { tidy } from './tidy';
import { Turns } from './turns';

/** Longer than a stage needs to notice that it is to stop. */
const STOP_SECONDS = 10;

await runProcess(async () => {
  const { DATABASE_URL, IMPRINT_WORKER_CONCURRENCY } = env();
  await (await connect(DATABASE_URL, 'imprint-worker', { say: (line) => log().warn(line) })).end();
  // A build holds one connection while it writes and another while it renews its lease; checksums and sweeps take their turn.
  const max = 4 + 2 * IMPRINT_WORKER_CONCURRENCY;
  const database = openDatabase(DATABASE_URL, { max, onError: (error) => log().warn({ err: error }, 'a database connection was lost') });
  await assertOwnArtifacts(database.db, artifactsFolder());
  const services = await openServices(database.db);
  const queue = await openQueue(DATABASE_URL, {
    name: `worker ${process.pid}`,
    onError: (error) => log().warn({ err: error }, 'the queue has trouble'),
  });

  const stopping = new AbortController();
  const untilStopped = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, stopping.signal]);
  const turns = new Turns();
  await workBuilds(queue, {
    concurrency: IMPRINT_WORKER_CONCURRENCY,
    async handler(buildId, signal) {
      const alone = await isSuspect(database.db, buildId);
      await turns.take(alone, () => runBuild(buildId, untilStopped(signal), services));
    },
    lost: async (buildId) => {
      if (await abandonBuild(database.db, buildId)) log().error({ build: buildId }, 'build abandoned');
    },
  });
  await workDigests(queue, (artifactId, signal) => digestArtifact(artifactId, untilStopped(signal), services));
  await workSweeps(queue, (blobs) => sweep(blobs, services));
  await workTidying(queue, async (signal) => {
    try {
      await tidy(services, { signal: untilStopped(signal) });
    } catch (error) {
      log().error({ err: error }, 'tidying was not finished; the next hour goes on');
      throw error;
    }
  });
  log().info({ concurrency: IMPRINT_WORKER_CONCURRENCY }, 'worker ready');
  process.send?.({ ready: true });

  let ending = false;
  async function end(reason: string): Promise<void> {
    if (ending) return;
    ending = true;
    log().info({ reason }, 'worker stopping');
    // Builds are given back at once, so that another worker need not wait for a missed heartbeat.
    stopping.abort(new Error('the worker stops'));
    await queue.stop({ graceful: true, timeout: STOP_SECONDS * 1000 });
    await database.close();
    process.exit(0);
  }
  process.on('SIGTERM', () => void end('SIGTERM'));
  process.on('SIGINT', () => void end('SIGINT'));
  process.on('disconnect', () => void end('the supervisor is gone'));
});
