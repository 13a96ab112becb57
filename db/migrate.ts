import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import { Client } from 'pg';
import { env } from '@/lib/env';
import { prepareQueue } from './queue';

// Any number that nothing else in this database locks.
const LOCK = 7_266_180_491;

/** Brings the database up to this program's tables and queues; whoever comes second waits, then finds nothing to do. */
export async function migrateAll(url: string): Promise<void> {
  const client = new Client({ connectionString: url, application_name: 'imprint-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await migrate(drizzle(client), { migrationsFolder: fileURLToPath(new URL('migrations', import.meta.url)) });
    await prepareQueue(url);
  } finally {
    // Ending the connection releases the lock, whatever went wrong before.
    await client.end();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await migrateAll(env().DATABASE_URL);
  console.log('The database is up to date.');
}
