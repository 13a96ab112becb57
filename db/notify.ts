import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { Client } from 'pg';
import { env } from '@/lib/env';
import type { Database } from './context';

const CHANNEL = 'build';
/** How long a notification of our own may take before the connection counts as one that delivers none. */
const ECHO_MS = 3000;
const POLL_MS = 1000;

/** Heard by every listener when, and only when, the caller's transaction commits. */
export const notifyBuild = async (tx: Database, buildId: string): Promise<void> => {
  await tx.execute(sql`select pg_notify(${CHANNEL}, ${buildId})`);
};

export type Notifier = {
  /** Calls `changed` after each change of the build and after each reconnection, until the returned function is called. */
  onBuildChange(buildId: string, changed: () => void): Promise<() => void>;
  close(): Promise<void>;
};

type Options = {
  /** Told once when notifications do not arrive, as behind a pooler in transaction mode: listeners are then woken every second. */
  onDeaf?: () => void;
};

/**
 * One connection that listens, whoever many do; it reconnects by itself. A notification only wakes: what happened is
 * read from the tables.
 */
export function openNotifier(url: string, { onDeaf }: Options = {}): Notifier {
  const listeners = new Map<string, Set<() => void>>();
  let client: Client | undefined;
  let connecting: Promise<void> | undefined;
  let closed = false;
  let polling: NodeJS.Timeout | undefined;

  const wakeAll = () => {
    for (const buildId of listeners.keys()) wake(buildId);
  };
  const poll = () => {
    if (polling || closed) return;
    polling = setInterval(wakeAll, POLL_MS);
    onDeaf?.();
  };
  const wake = (buildId: string) => {
    for (const changed of listeners.get(buildId) ?? []) changed();
  };

  async function connect(): Promise<void> {
    const fresh = new Client({ connectionString: url, application_name: 'imprint-listen', keepAlive: true, connectionTimeoutMillis: 5000 });
    const lost = () => {
      if (client !== fresh) return;
      client = undefined;
      void reconnect();
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    fresh.on('notification', ({ payload }) => wake(payload ?? ''));
    await fresh.connect();
    await fresh.query(`listen ${CHANNEL}`);
    client = fresh;
    if (closed) return fresh.end();
    if (!polling) void listenForEcho(fresh);
  }

  async function listenForEcho(listener: Client): Promise<void> {
    const isHeard = await hearsItself(listener, url).catch(() => undefined);
    if (isHeard === false && client === listener) poll();
  }

  async function reconnect(): Promise<void> {
    for (let delay = 100; !closed && !client; delay = Math.min(delay * 2, 5000)) {
      await wait(delay);
      if (closed) return;
      await ensure().catch(() => undefined);
    }
    // Whatever was said meanwhile went unheard.
    wakeAll();
  }

  async function ensure(): Promise<void> {
    if (client) return;
    connecting ??= connect().finally(() => (connecting = undefined));
    await connecting;
  }

  return {
    async onBuildChange(buildId, changed) {
      const set = listeners.get(buildId) ?? new Set();
      listeners.set(buildId, set.add(changed));
      const stop = () => {
        set.delete(changed);
        if (set.size === 0 && listeners.get(buildId) === set) listeners.delete(buildId);
      };
      try {
        await ensure();
      } catch (error) {
        stop();
        throw error;
      }
      return stop;
    },
    async close() {
      closed = true;
      clearInterval(polling);
      const closing = client;
      client = undefined;
      await closing?.end();
    },
  };
}

/** Whether what another connection says arrives. A pooler that gives each statement another connection delivers nothing, and does not say so. */
async function hearsItself(listener: Client, url: string): Promise<boolean> {
  const word = `echo ${randomUUID()}`;
  const speaker = new Client({ connectionString: url, application_name: 'imprint-echo', connectionTimeoutMillis: 5000 });
  speaker.on('error', () => undefined);
  const silence = new AbortController();
  const heard = new Promise<boolean>((resolve) => {
    listener.on('notification', ({ payload }) => payload === word && resolve(true));
    listener.once('end', () => resolve(true));
  });
  try {
    await speaker.connect();
    await speaker.query('select pg_notify($1, $2)', [CHANNEL, word]);
    const late = wait(ECHO_MS, false, { signal: silence.signal }).catch(() => false);
    return await Promise.race([heard, late]);
  } finally {
    silence.abort();
    await speaker.end().catch(() => undefined);
  }
}

let shared: Notifier | undefined;

/** With the one connection of this process. */
export function onBuildChange(buildId: string, changed: () => void): Promise<() => void> {
  shared ??= openNotifier(env().DATABASE_URL, {
    onDeaf: () => process.emitWarning('The database delivers no notifications, as behind a pooler in transaction mode. Builds are looked at every second.'),
  });
  return shared.onBuildChange(buildId, changed);
}

/** Closes what `onBuildChange` opened. */
export async function closeNotifier(): Promise<void> {
  const closing = shared;
  shared = undefined;
  await closing?.close();
}
