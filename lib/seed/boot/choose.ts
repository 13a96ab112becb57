import { AppError } from '../../errors';
import type { Bootloader, Gadget, GadgetErrorCode } from '../../gadget/gadget';

/** A boot loader by snapd's own name for it (snapd bootloader/bootloader.go): `ubootpart` is U-Boot with its environment in a partition of its own. */
export type BootLoader = 'grub' | 'uboot' | 'ubootpart' | 'piboot';

/** The file at a gadget's root by which snapd knows a boot loader, in the order in which snapd looks, and what `bootloader:` in gadget.yaml says of the same. */
const MARKERS: readonly { file: string; gadgetWord: Bootloader; loader: BootLoader | undefined }[] = [
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
  const fault = bootLoaderFault(gadget);
  if (fault) throw fault;
  const own = ownMarker(gadget)!;
  const word = own.gadgetWord;
  if (own.loader === 'piboot' && !hasModes) return fail('gadget-not-supported', 'The gadget boots with piboot, which Ubuntu Core 16 and 18 do not know; use a gadget with u-boot.');
  if (markers.length > 1) return fail('gadget-bootloader-invalid', `The gadget has ${markers.map(({ file }) => file).join(' and ')} at its root; keep only ${own.file}.`);
  const [marker] = markers;
  if (marker && marker !== own) return fail('gadget-bootloader-invalid', `The gadget says bootloader: ${word}, but has ${marker.file}, which stands for ${marker.gadgetWord}.`);
  if (own.loader === 'uboot' && hasBootState(gadget)) return 'ubootpart';
  if (!marker) return fail('gadget-bootloader-invalid', `The gadget has no ${own.file} at its root, by which snapd knows ${word}; add it (it may be empty).`);
  return own.loader!;
}

const ownMarker = ({ volumes }: ChooseInput['gadget']): (typeof MARKERS)[number] | undefined =>
  MARKERS.find(({ gadgetWord }) => volumes.some(({ bootloader }) => bootloader === gadgetWord));

/** Why no image is made for the boot loader that gadget.yaml names; undefined when one is. */
export function bootLoaderFault(gadget: ChooseInput['gadget']): AppError | undefined {
  const own = ownMarker(gadget);
  if (!own) return new AppError<GadgetErrorCode>('gadget-bootloader-invalid', 'No volume of the gadget names its boot loader (bootloader:).');
  if (own.loader !== undefined) return undefined;
  const message = `The gadget boots with ${own.gadgetWord}; images are made for grub, u-boot and piboot.`;
  return new AppError<GadgetErrorCode>('gadget-not-supported', message);
}

const hasBootState = ({ volumes }: Pick<Gadget, 'volumes'>): boolean => volumes.some(({ structures }) => structures.some(({ role }) => role === 'system-boot-state'));

function fail(code: GadgetErrorCode, message: string): never {
  throw new AppError<GadgetErrorCode>(code, message);
}
