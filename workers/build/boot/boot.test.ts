import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findArtifact } from '@/db/builds';
import { writeArtifact } from '../../testing/raw-image';
import { openWorkshop } from '../../testing/workshop';
import type { Workshop } from '../../testing/workshop';
import { bootImage } from './boot-image';

let shop: Workshop | undefined;
afterEach(() => shop?.close());

test.each(['amd64-core24', 'amd64-core22'])('an image of the template %s starts, and its kernel verifies every seeded snap', async (template) => {
  shop = await openWorkshop(template);
  const { view } = await shop.build();
  expect(view.failure).toBeNull();
  const raw = view.artifacts.find((a) => a.kind === 'image-raw')!;
  const imagePath = join(shop.dir, 'disk.img');
  await writeArtifact(shop.services.blobs, await findArtifact(shop.owner, view.number, raw.fileName), imagePath);
  const { marker, log } = await bootImage({ imagePath });
  expect(marker, log).toBe(`IMPRINT-BOOT OK ${view.snaps.length} snaps`);
  for (const { name, revision } of view.snaps) expect(log).toContain(`${name}_${revision}.snap`);
});
