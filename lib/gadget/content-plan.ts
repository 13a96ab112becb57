import { resolveFiles, resolveImages, type CopiedFile, type PlacedImage, type SnapEntry } from './content';
import type { Layout } from './layout';

export type ContentPlan = {
  /** For each file-system structure that the image holds, by `yamlIndex`. */
  files: Map<number, CopiedFile[]>;
  /** For each raw one and boot code. */
  images: Map<number, PlacedImage[]>;
  /** Every gadget file that must be read for these, once each. */
  sources: string[];
};

/** Made on the device at first boot, out of the gadget snap that is seeded: the image holds neither these structures nor their content (snapd gadget/install). */
export const MADE_ON_DEVICE: readonly string[] = ['system-boot', 'system-data', 'system-save'];

/** What of the gadget goes into the image of one volume. Throws as `resolveFiles` and `resolveImages` do. */
export function planContent(layout: Layout, entries: Iterable<SnapEntry>): ContentPlan {
  const listing = [...entries];
  const written = layout.structures.filter((s) => !MADE_ON_DEVICE.includes(s.role ?? ''));
  const files = new Map(written.filter((s) => s.filesystem !== 'none').map((s) => [s.yamlIndex, resolveFiles(s, listing)]));
  const images = new Map(written.filter((s) => s.filesystem === 'none').map((s) => [s.yamlIndex, resolveImages(s, listing)]));
  const sources = new Set([...files.values(), ...images.values()].flat().map((f) => f.source));
  return { files, images, sources: [...sources] };
}
