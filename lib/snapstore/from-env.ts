import { env } from '../env';
import { createSnapStore } from './client';
import type { SnapStoreOptions } from './client';
import { CANONICAL_DOWNLOAD_ORIGINS } from './origins';
import type { SnapStore } from './snap-store';

/** The store that the environment names. Downloads may come from the store itself and, of Canonical's, from its content servers. */
export function storeOptionsFromEnv(): SnapStoreOptions {
  const { STORE_API_URL, STORE_DASHBOARD_URL } = env();
  return { apiUrl: STORE_API_URL, dashboardUrl: STORE_DASHBOARD_URL, allowDownloadOrigins: CANONICAL_DOWNLOAD_ORIGINS };
}

let store: SnapStore | undefined;

/** The store of this web process. Somebody is waiting in front of a page, so it gives up after two tries; workers make their own from `storeOptionsFromEnv`. */
export function snapStore(): SnapStore {
  store ??= createSnapStore({ ...storeOptionsFromEnv(), timeouts: { connectMs: 5_000, headersMs: 15_000, idleMs: 15_000 }, retries: { tries: 2 } });
  return store;
}
