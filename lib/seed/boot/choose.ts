import { AppError } from '../../errors';
import type { Bootloader, Gadget, GadgetErrorCode } from '../../gadget/gadget';

/** A boot loader by snapd's own name for it (snapd bootloader/bootloader.go): `ubootpart` is U-Boot with its environment in a partition of its own. */
export type BootLoader = 'grub' | 'uboot' | 'ubootpart' | 'piboot';

/** The file at a gadget's root by which snapd knows a boot loader, in the order in which snapd looks, and what `bootloader:` in gadget.yaml says of the same. */
type Marker = { file: string; gadgetWord: Bootloader };

const MARKERS: readonly (Marker & { loader: BootLoader | undefined })[] = [
  { file: 'uboot.conf', gadgetWord: 'u-boot', loader: 'uboot' },
  { file: 'grub.conf', gadgetWord: 'grub', loader: 'grub' },
  { file: 'androidboot.conf', gadgetWord: 'android-boot', loader: undefined },
  { file: 'lk.conf', gadgetWord: 'lk', loader: undefined },
  { file: 'piboot.conf', gadgetWord: 'piboot', loader: 'piboot' },
];

export const BOOT_MARKERS: readonly string[] = MARKERS.map(({ file }) => file);

type ChooseInput = {
  gadget: Pick<Gadget, 'volumes'>;
  /** Names at the gadget's root. */
  rootFiles: Iterable<string>;
  /** UC20+: the model has a grade. */
  hasModes: boolean;
};

/**
 * What boots the devices of a gadget. snapd takes the first marker it finds and never looks at the others; an image whose gadget is that unclear is not made.
 * Throws AppError `gadget-not-supported` for the boot loaders of phones and for piboot before UC20, `gadget-bootloader-invalid` for a marker that is
 * missing, stands beside another, or disagrees with gadget.yaml.
 */
export function chooseBootLoader({ gadget, rootFiles, hasModes }: ChooseInput): BootLoader {
  const names = new Set(rootFiles);
  const markers = MARKERS.filter(({ file }) => names.has(file));
  const own = supportedMarker(gadget);
  const word = own.gadgetWord;
  if (own.loader === 'piboot' && !hasModes) return fail('gadget-not-supported', 'The gadget boots with piboot, which Ubuntu Core 16 and 18 do not know; use a gadget with u-boot.');
  if (markers.length > 1) return fail('gadget-bootloader-invalid', `The gadget has ${markers.map(({ file }) => file).join(' and ')} at its root; keep only ${own.file}.`);
  const [marker] = markers;
  if (marker && marker.file !== own.file) return fail('gadget-bootloader-invalid', `The gadget says bootloader: ${word}, but has ${marker.file}, which stands for ${marker.gadgetWord}.`);
  if (own.loader === 'uboot' && hasBootState(gadget)) return 'ubootpart';
  if (!marker) return fail('gadget-bootloader-invalid', `The gadget has no ${own.file} at its root, by which snapd knows ${word}; add it (it may be empty).`);
  return own.loader;
}

/** Of the boot loader that gadget.yaml names. Throws AppError as `chooseBootLoader` does for one that images are not made for. */
export function supportedMarker(gadget: ChooseInput['gadget']): Marker & { loader: BootLoader } {
  const word = gadget.volumes.find((volume) => volume.bootloader !== undefined)?.bootloader;
  if (word === undefined) return fail('gadget-bootloader-invalid', 'No volume of the gadget names its boot loader (bootloader:).');
  const { loader, ...marker } = MARKERS.find(({ gadgetWord }) => gadgetWord === word)!;
  if (loader === undefined) return fail('gadget-not-supported', `The gadget boots with ${word}; images are made for grub, u-boot and piboot.`);
  return { ...marker, loader };
}

const hasBootState = ({ volumes }: Pick<Gadget, 'volumes'>): boolean => volumes.some(({ structures }) => structures.some(({ role }) => role === 'system-boot-state'));

function fail(code: GadgetErrorCode, message: string): never {
  throw new AppError<GadgetErrorCode>(code, message);
}
