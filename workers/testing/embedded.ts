import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { decodeStream } from '@/lib/assertion/decode';
import { draftFromTemplate } from '@/lib/model/templates';
import { createSnapStore } from '@/lib/snapstore/client';
import type { SnapStoreOptions } from '@/lib/snapstore/client';
import { createSnapCache } from '@/lib/snapstore/download';
import { LocalStore } from '@/lib/storage/local-store';
import { trustAnchors } from '@/lib/trust/anchors';
import { fetchChain } from '@/lib/trust/prerequisites';
import type { Ctx, Database } from '@/db/context';
import { recordAccountKey, requestForKey } from '@/db/key-registration';
import { createKey, getKey } from '@/db/keys';
import { createModel } from '@/db/models';
import { signModel } from '@/db/signatures';
import type { Services } from '../build/services';
import { startStore } from '../embedded/store/server';
import type { StoreServer } from '../embedded/store/server';
import { stockStore } from '../embedded/store/stock';
import type { SnapToStock } from '../embedded/store/stock';

export type EmbeddedStore = { server: StoreServer; dataDir: string; trusted: string; services(db: Database, dataDir?: string, more?: Partial<SnapStoreOptions>): Promise<Services> };

/** An embedded store with these snaps and an account for the brand, and services that build from it. */
export async function openEmbeddedStore(dataDir: string, snaps: SnapToStock[], account: { id: string; displayName: string }): Promise<EmbeddedStore> {
  const server = await startStore({ dataDir, accounts: [account] });
  await stockStore(dataDir, snaps);
  const trusted = join(dataDir, 'store', 'trusted.assert');
  return {
    server,
    dataDir,
    trusted,
    async services(db, own = dataDir, more = {}) {
      const options = { apiUrl: server.url, dashboardUrl: server.url, ...more };
      return {
        db,
        store: createSnapStore(options),
        cache: createSnapCache({ ...options, dir: join(own, 'cache') }),
        cacheBytes: 1e12,
        blobs: new LocalStore(join(own, 'artifacts')),
        anchors: trustAnchors(decodeStream(await readFile(trusted))),
        now: () => new Date(),
        log: pino({ level: 'silent' }),
      };
    },
  };
}

/** A registered key and a signed model of a template: ready to build. */
export async function prepareModel(ctx: Ctx, { dataDir, services }: EmbeddedStore, template: string, name = 'kiosk'): Promise<void> {
  const { store, anchors } = await services(ctx.db);
  await createKey(ctx, { name: 'main' });
  const credentials = await readFile(join(dataDir, 'store', 'credentials', ctx.brand.accountId), 'utf8');
  await store.registerKey(await requestForKey(ctx, 'main'), credentials);
  const { keyId } = await getKey(ctx, 'main');
  const accountKey = await store.assertion('account-key', [keyId]);
  await recordAccountKey(ctx, 'main', await fetchChain([accountKey!], (type, key) => store.assertion(type, key), { anchors }), anchors);
  await createModel(ctx, { name, headers: draftFromTemplate(template, { name, displayName: 'Kiosk', grade: 'dangerous' }), note: '' });
  await signModel(ctx, name, { version: 1 });
}
