import { sql } from 'drizzle-orm';
import { fromDrizzle, PgBoss } from 'pg-boss';
import type { Queue as QueueSettings } from 'pg-boss';
import type { Database } from './context';

/** Jobs say which row is to be worked on and nothing else: builds, stages and events are tables of our own. */
type Jobs = { build: { buildId: string }; 'build-lost': { buildId: string }; digest: { artifactId: string }; proof: { buildId: string }; sweep: { blobs: string[] }; tidy: null };
type JobName = keyof Jobs;

/** The queue of this process: opened by a worker, closed with `stop()`. */
export type Queue = PgBoss;

const SCHEMA = 'pgboss';

// A worker that is killed stops its heartbeat: 10 s, pg-boss's least, and another is handed the job.
const alive = { heartbeatSeconds: 10, notify: true };
const REFRESH_SECONDS = 3;

/** In an order in which each dead-letter queue comes before what falls into it. */
const QUEUES: { [Name in JobName]: Omit<QueueSettings, 'name'> } = {
  'build-lost': { ...alive, retryLimit: 20, retryDelay: 1, retryBackoff: true, retryDelayMax: 60 },
  // Each crash of a worker takes one retry as well; expiry, a day at most, is only for a handler that hangs.
  build: { ...alive, retryLimit: 8, retryDelay: 1, retryBackoff: true, retryDelayMax: 30, expireInSeconds: 6 * 3600, deadLetter: 'build-lost' },
  digest: { ...alive, retryLimit: 8, retryDelay: 1, retryBackoff: true, retryDelayMax: 60, expireInSeconds: 3600 },
  proof: { ...alive, retryLimit: 8, retryDelay: 1, retryBackoff: true, retryDelayMax: 60, expireInSeconds: 600 },
  sweep: { ...alive, retryLimit: 8, retryDelay: 5, retryBackoff: true, retryDelayMax: 600, expireInSeconds: 3600 },
  // One at a time, whatever the number of workers; what one leaves undone the next hour's does.
  tidy: { ...alive, policy: 'exclusive', retryLimit: 1, retryDelay: 60, expireInSeconds: 6 * 3600 },
};

/** Every hour: a day's date is kept to the hour, and no machine has to be up at night. */
const TIDY_CRON = '23 * * * *';

/** Creates or updates the queue's own schema and the queues. Part of migrating. */
export async function prepareQueue(url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema: SCHEMA, supervise: false, schedule: false, registerInstance: false, max: 2 });
  const errors: Error[] = [];
  boss.on('error', (error) => errors.push(error));
  await boss.start();
  try {
    for (const [name, settings] of Object.entries(QUEUES)) {
      const { policy, ...changeable } = settings;
      if (await boss.getQueue(name)) await boss.updateQueue(name, changeable);
      else await boss.createQueue(name, { ...changeable, ...(policy && { policy }) });
    }
    await boss.schedule('tidy', TIDY_CRON);
  } finally {
    await boss.stop({ graceful: false });
  }
  if (errors[0]) throw errors[0];
}

/** For workers. `onError` hears of failed polls and maintenance; the queue goes on by itself. */
export async function openQueue(url: string, options: { name?: string; onError?: (error: Error) => void } = {}): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: url,
    schema: SCHEMA,
    instanceName: options.name,
    migrate: false,
    schedule: true,
    useListenNotify: true,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
    max: 4,
  });
  boss.on('error', options.onError ?? (() => undefined));
  await boss.start({ attempts: 5 });
  return boss;
}

export const sendBuild = (tx: Database, buildId: string) => send(tx, 'build', { buildId });
/** Asks a worker for the SHA-256 of an artifact that was published without it. */
export const sendDigest = (tx: Database, artifactId: string) => send(tx, 'digest', { artifactId });
/** Asks a web process, which has the master key, to sign what tells of a build's files. */
export const sendProof = (tx: Database, buildId: string) => send(tx, 'proof', { buildId });
/** Asks a worker to remove blobs that nothing shows any more. */
export const sendSweep = (tx: Database, blobs: string[]) => send(tx, 'sweep', { blobs });

/** The job exists when, and only when, the caller's transaction commits. */
async function send<Name extends JobName>(tx: Database, name: Name, data: Jobs[Name]): Promise<void> {
  const inTransaction = fromDrizzle(tx, sql);
  const boss = new PgBoss({ db: inTransaction, schema: SCHEMA, migrate: false, supervise: false, schedule: false, registerInstance: false });
  const errors: Error[] = [];
  boss.on('error', (error) => errors.push(error));
  await boss.start();
  try {
    await boss.send(name, data as object | null);
  } finally {
    await boss.stop({ graceful: false, close: false });
  }
  if (errors[0]) throw errors[0];
}

/**
 * Hands over builds until the queue stops. `signal` aborts when this worker is no longer the one (its heartbeat was missed, the queue stops).
 * A handler that throws gets the build again after a back-off; when that has happened too often, or its workers keep dying, `lost` is told.
 */
export async function workBuilds(
  queue: Queue,
  work: { concurrency: number; handler: (buildId: string, signal: AbortSignal) => Promise<void>; lost: (buildId: string) => Promise<void> },
): Promise<void> {
  await consume(queue, 'build', work.concurrency, ({ buildId }, signal) => work.handler(buildId, signal));
  await consume(queue, 'build-lost', 1, ({ buildId }) => work.lost(buildId));
}

export const workDigests = (queue: Queue, handler: (artifactId: string, signal: AbortSignal) => Promise<void>) =>
  consume(queue, 'digest', 1, ({ artifactId }, signal) => handler(artifactId, signal));

export const workProofs = (queue: Queue, handler: (buildId: string) => Promise<void>) => consume(queue, 'proof', 1, ({ buildId }) => handler(buildId));

export const workSweeps = (queue: Queue, handler: (blobs: string[]) => Promise<void>) => consume(queue, 'sweep', 1, ({ blobs }) => handler(blobs));

/** The hourly job that removes what nobody needs any more: images whose time has come, blobs and rows that nothing references. */
export const workTidying = (queue: Queue, handler: (signal: AbortSignal) => Promise<void>) => consume(queue, 'tidy', 1, (_, signal) => handler(signal));

/** For tests and hands: as the clock does. */
export const sendTidy = (tx: Database) => send(tx, 'tidy', null);

async function consume<Name extends JobName>(queue: Queue, name: Name, concurrency: number, handler: (data: Jobs[Name], signal: AbortSignal) => Promise<void>): Promise<void> {
  const options = { localConcurrency: concurrency, batchSize: 1, pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 2, heartbeatRefreshSeconds: REFRESH_SECONDS };
  await queue.work<Jobs[Name]>(name, options, async (jobs) => {
    for (const job of jobs) await handler(job.data, job.signal);
  });
}
