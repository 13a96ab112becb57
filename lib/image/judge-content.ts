import { checkContent } from '../gadget/check-content';
import { ContentBudget, resolveImages, type ContentSources } from '../gadget/content';
import { isMadeOnDevice, planContent, type ContentPlan } from '../gadget/content-plan';
import type { Gadget, GadgetRules } from '../gadget/gadget';
import { layOut, type Layout } from '../gadget/layout';
import { lookUpIn } from '../gadget/links';
import { listingOf } from '../gadget/listing';
import { outlineOf } from '../seed/content-files';
import { assertNoIntruder } from '../seed/plan-seed';
import type { SectorBytes } from './gpt';
import { assertHolds, sizeFault } from './room';

export type JudgedVolume = { layout: Layout; content: ContentPlan };

/**
 * What of gadget and kernel goes onto the disks, found right: everything is there, and fits where it goes (snapd
 * gadget/validate.go, ValidateContent; gadget/layout.go, LayoutVolume). Raw content is judged wherever it goes, that
 * of file systems as far as the image has them. Volumes come in the order of the text, of an eMMC too. Throws AppError
 * as `checkContent`, `layOut`, `planContent` and `assertHolds` do.
 */
export function judgeContent(
  gadget: Gadget,
  sources: ContentSources,
  { rules, sectorBytes }: { rules: GadgetRules; sectorBytes: SectorBytes },
): JudgedVolume[] {
  const listing = listingOf(sources.gadget);
  checkContent(gadget, lookUpIn(listing), sources.assets);
  const budget = new ContentBudget();
  return gadget.volumes.map((volume) => {
    const layout = volume.structures.length === 0 ? { volume, structures: [], sizeBytes: 0, minSizeBytes: 0 } : layOut(volume);
    const isWritten = volume.schema !== 'emmc';
    for (const s of layout.structures) {
      const isElsewhere = !isWritten || isMadeOnDevice(s, rules);
      if (isElsewhere && s.filesystem === 'none') resolveImages(s, listing);
    }
    const content = planContent(isWritten ? layout : { ...layout, structures: [] }, sources, rules, budget);
    for (const s of layout.structures) {
      const copied = content.files.get(s.yamlIndex);
      if (copied && s.role === 'system-seed') assertNoIntruder(outlineOf(copied));
      // UC16 and UC18 give their system-data the size that it needs; what cannot be made at all is told by `diskLimits`.
      if (copied && s.role !== 'system-data' && !sizeFault(s, sectorBytes)) assertHolds(outlineOf(copied), s, sectorBytes);
    }
    return { layout, content };
  });
}
