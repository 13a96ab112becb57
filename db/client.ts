import { drizzle } from 'drizzle-orm/node-postgres';
import { Pool } from 'pg';
import { env } from '@/lib/env';
import type { Database } from './context';

export type OpenDatabase = { db: Database; pool: Pool; close(): Promise<void> };

/** `url` as in DATABASE_URL; connects when first used. `onError` hears of idle connections that broke; the pool replaces them by itself. */
export function openDatabase(url: string, options: { max?: number; onError?: (error: Error) => void } = {}): OpenDatabase {
  const pool = new Pool({ connectionString: url, max: options.max ?? 10, application_name: 'imprint', connectionTimeoutMillis: 10_000 });
  // Without a listener, a server that restarts would end the process.
  pool.on('error', options.onError ?? ignoreBrokenIdleConnection);
  return { db: drizzle(pool), pool, close: () => pool.end() };
}

const ignoreBrokenIdleConnection = () => undefined;

let opened: OpenDatabase | undefined;

/** The one of this process, from the environment. */
export function database(): Database {
  opened ??= openDatabase(env().DATABASE_URL);
  return opened.db;
}

/** Closes what `database()` opened. */
export async function closeDatabase(): Promise<void> {
  const closing = opened;
  opened = undefined;
  await closing?.close();
}
