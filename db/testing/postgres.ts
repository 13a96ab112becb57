import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '@/lib/tools/embedded-postgres';
import { migrateAll } from '../migrate';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the migrated database that each test file gets a copy of; nobody connects to it. */
    templateUrl: string;
  }
}

/** One real PostgreSQL for all files of the project: started before, gone after. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = join(tmpdir(), `imprint-test-${randomUUID()}`);
  const server = await startPostgres({ dataDir: folder, ephemeral: true });
  await migrateAll(server.url);
  project.provide('templateUrl', server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
