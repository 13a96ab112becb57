import { AppError, isAppError } from '../errors';
import { parseYaml } from '../snap/yaml';
import { refuse, type GadgetErrorCode } from './gadget';
import { readBoolean, readMap, readText, readTexts } from './read-yaml';

/** What a kernel offers to gadgets: parts of it by name, each with the paths that it is made of. */
export type KernelAsset = { update: boolean; content: string[] };
export type KernelAssets = ReadonlyMap<string, KernelAsset>;

const NAME = /^[A-Za-z0-9][A-Za-z0-9-]*$/;
/** `meta/kernel.yaml` (snapd kernel/kernel.go); a kernel without one offers nothing. Throws AppError `gadget-kernel-ref-invalid`. */
export function parseKernelYaml(file: string | Uint8Array): KernelAssets {
  try {
    const top = readMap(parseYaml(file, 'kernel.yaml'), 'kernel.yaml');
    if (!['', '$SNAP_DATA', '${SNAP_DATA}'].includes(readText(top.get('dynamic-modules'), 'dynamic-modules'))) throw new AppError('yaml-invalid', 'kernel.yaml: dynamic-modules can only be $SNAP_DATA.');
    return new Map([...readMap(top.get('assets'), 'assets')].map(([name, value]) => [name, readAsset(name, value)]));
  } catch (cause) {
    if (!isAppError(cause)) throw cause;
    throw new AppError<GadgetErrorCode>('gadget-kernel-ref-invalid', `The kernel's meta/kernel.yaml cannot be used: ${cause.message}`, { cause });
  }
}

function readAsset(name: string, value: Parameters<typeof readMap>[0]): KernelAsset {
  if (!NAME.test(name)) throw new AppError('yaml-invalid', `"${name.slice(0, 80)}" is no name of an asset.`);
  const map = readMap(value, `assets.${name}`);
  return { update: readBoolean(map.get('update'), `assets.${name}.update`), content: readTexts(map.get('content'), `assets.${name}.content`, 1000) };
}

/** `$kernel:<asset>/<path>` taken apart. Throws AppError `gadget-kernel-ref-invalid` for what is none. */
export function splitKernelRef(source: string, where: string): { asset: string; path: string } {
  const [, asset = '', path = ''] = /^\$kernel:([^/]*)\/(.*)$/s.exec(source) ?? [];
  const bare = path.replace(/\/$/, '');
  const isClean = bare !== '' && !bare.startsWith('/') && !path.includes('..') && (bare === '.' || bare.split('/').every((part) => part !== '' && part !== '.'));
  if (!NAME.test(asset) || !isClean) refuse('gadget-kernel-ref-invalid', where, `"${source.slice(0, 80)}" is not $kernel:<asset>/<path>.`);
  return { asset, path };
}

/** The path in the kernel that a reference means, with its slash at the end if it has one. Throws AppError `gadget-kernel-ref-invalid` when the kernel does not offer it. */
export function resolveKernelRef(source: string, assets: KernelAssets, where: string): string {
  const { asset, path } = splitKernelRef(source, where);
  const offered = assets.get(asset);
  if (!offered) refuse('gadget-kernel-ref-invalid', where, `the kernel's kernel.yaml has no asset ${asset}.`);
  const isOffered = offered.content.some((content) => path === content || path.startsWith(content.endsWith('/') ? content : `${content}/`));
  if (!isOffered) refuse('gadget-kernel-ref-invalid', where, `the kernel's asset ${asset} does not hold ${path}.`);
  return path;
}
