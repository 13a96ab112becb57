import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { findArtifact } from '@/db/builds';
import { demoSnaps } from '../../testing/demo-snaps';
import { writeArtifact } from '../../testing/raw-image';
import { openWorkshop } from '../../testing/workshop';
import type { Workshop } from '../../testing/workshop';
import { bootImage } from './boot-image';

let shop: Workshop | undefined;
afterEach(() => shop?.close());
/** Where no test of this checkout has made them yet, it takes minutes on a busy machine. */
beforeAll(async () => {
  for (const architecture of ['amd64', 'arm64'] as const) await demoSnaps({ architecture });
}, 1_200_000);

/** The arguments at the end are those that snapd predicts when it seals the keys of a disk. */
test.each([
  ['amd64-core24', 'amd64', 'console=ttyS0 console=tty1 panic=-1'],
  ['amd64-core22', 'amd64', 'console=ttyS0 console=tty1 panic=-1'],
  ['arm64-core24', 'arm64', 'panic=-1'],
] as const)('an image of the template %s starts, and its kernel verifies every seeded snap', async (template, architecture, kernelArguments) => {
  shop = await openWorkshop(template);
  const { view } = await shop.build();
  expect(view.failure).toBeNull();
  const raw = view.artifacts.find((a) => a.kind === 'image-raw')!;
  const imagePath = join(shop.dir, 'disk.img');
  await writeArtifact(shop.services.blobs, await findArtifact(shop.owner, view.number, raw.fileName), imagePath);
  const { marker, log } = await bootImage({ imagePath, architecture });
  expect(marker, log).toBe(`IMPRINT-BOOT OK ${view.snaps.length} snaps`);
  for (const { name, revision } of view.snaps) expect(log).toContain(`${name}_${revision}.snap`);
  expect(log).toMatch(new RegExp(`^arguments .*snapd_recovery_mode=install snapd_recovery_system=\\d{8} ${kernelArguments}\\s*$`, 'm'));
});
