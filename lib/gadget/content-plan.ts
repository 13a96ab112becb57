import { ContentBudget, resolveFiles, resolveImages, type ContentSources, type CopiedTree, type PlacedImage } from './content';
import { hasModes, type GadgetRules, type Structure } from './gadget';
import type { Layout } from './layout';
import { listingOf } from './listing';

export type ContentPlan = {
  /** For each file-system structure that the image holds, by `yamlIndex`. */
  files: Map<number, CopiedTree>;
  /** For each raw one and boot code. */
  images: Map<number, PlacedImage[]>;
  /** Every file that must be read for these, once each. */
  sources: { gadget: string[]; kernel: string[] };
};

const MADE_ON_DEVICE: readonly string[] = ['system-boot', 'system-data', 'system-save'];

/** Made on the device at first boot, out of the snaps that are seeded: the image of UC20 and later holds neither these structures nor their content (snapd gadget/install). */
export const isMadeOnDevice = (s: Pick<Structure, 'role' | 'label'>, rules: GadgetRules): boolean => hasModes(rules) && (MADE_ON_DEVICE.includes(s.role ?? '') || s.label === 'system-boot');

/** What of gadget and kernel goes into the image of one volume, out of what all volumes may take. Throws as `resolveFiles` and `resolveImages` do. */
export function planContent(layout: Layout, sources: ContentSources, rules: GadgetRules, budget = new ContentBudget()): ContentPlan {
  const both = { ...sources, gadget: listingOf(sources.gadget), kernel: sources.kernel && listingOf(sources.kernel) };
  const written = layout.structures.filter((s) => !isMadeOnDevice(s, rules));
  const files = new Map(written.filter((s) => s.filesystem !== 'none').map((s) => [s.yamlIndex, resolveFiles(s, both, budget)]));
  const images = new Map(written.filter((s) => s.filesystem === 'none').map((s) => [s.yamlIndex, resolveImages(s, both.gadget, budget)]));
  const wanted = [...files.values()].flatMap((tree) => tree.files);
  const of = (from: 'gadget' | 'kernel') => wanted.filter((f) => f.from === from).map((f) => f.source);
  return { files, images, sources: { gadget: [...new Set([...of('gadget'), ...[...images.values()].flat().map((f) => f.source)])], kernel: [...new Set(of('kernel'))] } };
}
