import { refuse, type Gadget, type Structure, type Volume } from './gadget';
import { resolveKernelRef, splitKernelRef, type KernelAssets } from './kernel-yaml';

/** What stands at a path of the gadget, links followed; undefined for nothing. Paths are as gadget.yaml writes them. */
export type LookUp = (path: string) => { type: 'file' | 'directory' | 'other'; sizeBytes: number } | undefined;

/**
 * Whether the gadget and the kernel have what gadget.yaml copies (snapd gadget/validate.go, ValidateContent); what fits is `resolveImages`. Throws AppError
 * `gadget-content-invalid` or `gadget-kernel-ref-invalid`.
 */
export function checkContent(gadget: Gadget, lookUp: LookUp, assets: KernelAssets): void {
  for (const volume of gadget.volumes) {
    for (const structure of volume.structures) {
      const where = `volumes.${volume.name}.structure[${structure.yamlIndex}].content`;
      checkImages(structure, lookUp, where);
      structure.content.forEach((item, i) => {
        if (item.kind === 'files') checkFiles(item.source, lookUp, assets, `${where}[${i}]`);
      });
    }
  }
  checkUpdates(gadget, assets);
}

function checkImages(structure: Structure, lookUp: LookUp, where: string): void {
  structure.content.forEach((item, i) => {
    if (item.kind !== 'image') return;
    const found = lookUp(item.image);
    if (!found) refuse('gadget-content-invalid', `${where}[${i}]`, `${item.image} is not in the gadget.`);
    if (item.sizeBytes && item.sizeBytes < found.sizeBytes) refuse('gadget-content-invalid', `${where}[${i}]`, `${item.image} has ${found.sizeBytes} bytes, more than the declared ${item.sizeBytes}.`);
  });
}

function checkFiles(source: string, lookUp: LookUp, assets: KernelAssets, where: string): void {
  if (source.startsWith('$kernel:')) {
    resolveKernelRef(source, assets, where);
    return;
  }
  const found = lookUp(source);
  if (!found) refuse('gadget-content-invalid', where, `${source} is not in the gadget.`);
  if (source.endsWith('/') && found.type !== 'directory') refuse('gadget-content-invalid', where, `${source} is no directory.`);
}

/** A kernel that wants its parts kept in step with the gadget is refused by one that takes none of them (snapd gadget/validate.go). Throws AppError `gadget-kernel-ref-invalid`. */
export function checkUpdates(gadget: Gadget, assets: KernelAssets): void {
  if (gadget.volumes.length === 0) refuse('gadget-volume-invalid', 'volumes', 'there is no volume, and so nothing that takes anything of a kernel.');
  const synced = [...assets].filter(([, { update }]) => update).map(([name]) => name);
  if (synced.length === 0) return;
  const takes = (volume: Volume): boolean => volume.structures.some((s) => s.content.some((item) => item.kind === 'files' && item.source.startsWith('$kernel:') && synced.includes(splitKernelRef(item.source, `volumes.${volume.name}`).asset)));
  if (!gadget.volumes.some(takes)) refuse('gadget-kernel-ref-invalid', 'volumes', `the kernel wants ${synced.join(', ')} kept in step with the gadget, which takes none of it.`);
}
