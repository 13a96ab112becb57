import { isAppError, type AppError } from '../errors';
import { isMadeOnDevice } from '../gadget/content-plan';
import type { GadgetRules } from '../gadget/gadget';
import { assertDisk, type Layout } from '../gadget/layout';
import type { SectorBytes } from './gpt';
import { sizeFault } from './room';

/** Why no image has a layout that snapd takes: sectors, the partition table, sizes that no file system has. Empty for an eMMC. */
export function diskLimits(layout: Layout, rules: GadgetRules, sectorBytes: SectorBytes): AppError[] {
  if (layout.volume.schema === 'emmc') return [];
  const written = layout.structures.filter((s) => !isMadeOnDevice(s, rules) && s.role !== 'system-data');
  return [diskFault(layout, sectorBytes), ...written.map((s) => sizeFault(s, sectorBytes))].filter((fault) => fault !== undefined);
}

function diskFault(layout: Layout, sectorBytes: SectorBytes): AppError | undefined {
  try {
    assertDisk(layout, sectorBytes);
    return undefined;
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
}
