import type { StoreContext } from './snap-store';

const SERIES = '16';

/** Header values come from models and requests; whatever is not a plain word is left out, so that no value can end its line. */
const plainWord = /^[\w.-]{1,100}$/;

/** The device headers of the v2 endpoints (snapd store/store.go). */
export const deviceHeaders = ({ architecture, storeId }: Omit<StoreContext, 'signal'>): Record<string, string> => ({
  Accept: 'application/json',
  'Snap-Device-Series': SERIES,
  'Snap-Device-Architecture': plainWord.test(architecture) ? architecture : 'amd64',
  'Snap-Device-Capabilities': 'default-tracks',
  ...(storeId !== undefined && plainWord.test(storeId) && { 'Snap-Device-Store': storeId }),
});

/** The surprise: assertions and downloads are asked for with the names of the first API, whatever their path says (snapd store/store_asserts.go). */
export const olderHeaders = ({ architecture, storeId }: Partial<StoreContext> = {}): Record<string, string> => ({
  'X-Ubuntu-Series': SERIES,
  'X-Ubuntu-Wire-Protocol': '1',
  ...(architecture !== undefined && plainWord.test(architecture) && { 'X-Ubuntu-Architecture': architecture }),
  ...(storeId !== undefined && plainWord.test(storeId) && { 'X-Ubuntu-Store': storeId }),
});
