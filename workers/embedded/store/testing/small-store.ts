import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SnapInfo } from '@/lib/snap/snap-yaml';
import { parseSnapYaml } from '@/lib/snap/snap-yaml';
import { startStore } from '../server';
import { stockStore } from '../stock';
import type { SnapToStock } from '../stock';

export const NOW = new Date('2026-11-22T12:00:00.500Z');
/** Keys that are made at once. */
export const SMALL = { keyBits: 1024, now: () => NOW };
export const ACCOUNTS = [{ id: 'acme', displayName: 'Acme' }, { id: 'globex', displayName: 'Globex' }];
export const PC_ID = 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH';

export async function makeDataDir() {
  const dataDir = await mkdtemp(join(tmpdir(), 'imprint-store-'));
  return { dataDir, remove: () => rm(dataDir, { recursive: true, force: true }) };
}

export const startSmallStore = (dataDir: string) => startStore({ dataDir, accounts: ACCOUNTS, ...SMALL });

/** A file that passes for the snap pc, whose snap.yaml is given instead of read. */
export async function stockText(dataDir: string, contents: string | Uint8Array, more: Partial<SnapToStock> = {}, yaml = 'name: pc\nversion: "24-1"\ntype: gadget\nbase: core24\narchitectures: [amd64]\n') {
  const file = join(dataDir, 'upload.snap');
  await writeFile(file, contents);
  const snap: SnapToStock = { file, name: 'pc', snapId: PC_ID, publisherId: 'imprint-embedded', title: 'PC', summary: 'A gadget for PCs', releases: [{ channel: '24/stable', architecture: 'amd64', revision: 1 }], ...more };
  const readInfo = async (): Promise<SnapInfo> => parseSnapYaml(yaml);
  const [stocked] = await stockStore(dataDir, [snap], { ...SMALL, readInfo });
  return stocked!;
}
