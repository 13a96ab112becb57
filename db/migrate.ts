import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type { Client } from 'pg';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { connect } from './connect';
import journal from './migrations/meta/_journal.json' with { type: 'json' };
import { prepareQueue } from './queue';

// Any number that nothing else in this database locks.
const LOCK = 7_266_180_491;
const LOOK_AGAIN_MS = 200;

/**
 * Brings the database up to this program's tables and queues; whoever comes second waits, then finds nothing to do.
 * Throws AppError `database-unreachable` or `database-newer`.
 */
export async function migrateAll(url: string, say?: (line: string) => void, signal?: AbortSignal): Promise<void> {
  const waiting = { ...(say && { say }), ...(signal && { signal }) };
  const guard = await connect(url, 'imprint-migrate-lock', waiting);
  const client = await connect(url, 'imprint-migrate', waiting);
  try {
    while (!(await takeLock(guard))) await wait(LOOK_AGAIN_MS, undefined, { signal });
    await assertNotNewer(client);
    await migrate(drizzle(client), { migrationsFolder: fileURLToPath(new URL('migrations', import.meta.url)) });
    await prepareQueue(url);
    await guard.query('commit');
  } finally {
    // Ending the connection ends its transaction, whatever went wrong before.
    await Promise.all([guard.end(), client.end()]);
  }
}

/**
 * A database that a newer version has changed is left alone: what this one writes could be wrong there.
 * Throws AppError `database-newer`.
 */
async function assertNotNewer(client: Client): Promise<void> {
  const { rows: found } = await client.query<{ table: string | null }>(`select to_regclass('drizzle.__drizzle_migrations') as table`);
  if (found[0]!.table === null) return;
  const newest = Math.max(...journal.entries.map(({ when }) => when));
  const { rows } = await client.query<{ last: string | null }>('select max(created_at) as last from drizzle.__drizzle_migrations');
  if (Number(rows[0]!.last) <= newest) return;
  throw new AppError('database-newer', 'The database was changed by a newer version of Imprint. Start that version, or restore a backup made before the change.');
}

/**
 * The lock is a transaction's: behind a pooler that shares connections, a session's would stay with a stranger.
 * Who does not get it does not wait inside of one either, since that would take a shared connection from who has it.
 */
async function takeLock(guard: Client): Promise<boolean> {
  await guard.query('begin');
  await guard.query('set local idle_in_transaction_session_timeout = 0');
  const { rows } = await guard.query<{ taken: boolean }>('select pg_try_advisory_xact_lock($1) as taken', [LOCK]);
  if (!rows[0]!.taken) await guard.query('rollback');
  return rows[0]!.taken;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await migrateAll(env().DATABASE_URL);
  console.log('The database is up to date.');
}
