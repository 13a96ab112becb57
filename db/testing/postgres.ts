import { generateKeyPair, randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '@/lib/tools/embedded-postgres';
import { migrateAll } from '../migrate';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of the migrated database that each test file gets a copy of; nobody connects to it. */
    templateUrl: string;
    /** RSA-4096 in PEM: making one takes seconds, so that tests which only need some key share these. The last is the root of the tests' store. */
    signingKeys: string[];
  }
}

const makeKey = async (): Promise<string> => {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 4096 });
  return privateKey.export({ format: 'pem', type: 'pkcs8' }) as string;
};

/** One real PostgreSQL for all files of the project: started before, gone after. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = join(tmpdir(), `imprint-test-${randomUUID()}`);
  const keys = Promise.all([makeKey(), makeKey(), makeKey()]);
  const server = await startPostgres({ dataDir: folder, ephemeral: true });
  await migrateAll(server.url);
  project.provide('templateUrl', server.url);
  project.provide('signingKeys', await keys);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
