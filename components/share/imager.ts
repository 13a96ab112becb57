import type { ArtifactView } from '@/lib/api/builds';
import type { SharedBuild } from '@/lib/api/shares';
import { writeImagerManifest } from '@/lib/evidence/imager';
import { paths } from '@/lib/paths';
import { byVolume } from '../build/volumes';

type Forms = { raw: ArtifactView & { sha256: string }; packed: ArtifactView; bmap: ArtifactView | undefined };

/** What Imager needs of a build: an image that it unpacks, and the checksum of what comes out. Of several volumes it is given the system's disk alone: cards and sticks are what it writes. undefined while that is not known, and when the image is gone. */
function formsOf({ artifacts }: Pick<SharedBuild, 'artifacts'>): Forms | undefined {
  const [system] = byVolume(artifacts);
  const find = (kind: ArtifactView['kind']): ArtifactView | undefined => system?.artifacts.find((artifact) => artifact.kind === kind && !artifact.deleted);
  const [raw, packed] = [find('image-raw'), find('image-xz') ?? find('image-gz')];
  return raw?.sha256 && packed ? { raw: { ...raw, sha256: raw.sha256 }, packed, bmap: find('bmap') } : undefined;
}

/** Of the raw image, with its ending changed to the one that Imager opens by itself. */
const fileNameOf = ({ raw }: Forms): string => raw.fileName.replace(/\.img$/, '.rpi-imager-manifest');

/** The list of images that a link gives Raspberry Pi Imager; `base` is the console's address. undefined as long as `imagerOffer` is. */
export function imagerManifest(build: SharedBuild, token: string, base: string): { fileName: string; text: string } | undefined {
  const forms = formsOf(build);
  if (!forms) return undefined;
  const url = ({ fileName }: ArtifactView): string => base + paths.shareDownload(build.id, fileName, token);
  const text = writeImagerManifest({
    model: build.model,
    displayName: `${build.modelDisplayName || build.model} (revision ${build.revision})`,
    description: `Ubuntu Core by ${build.brandName}.${forms.raw.volume === '' ? '' : ` The disk of the volume ${forms.raw.volume}.`}${build.production ? '' : ' Not valid for production.'}`,
    architecture: build.architecture,
    day: build.builtAt.slice(0, 10),
    raw: forms.raw,
    download: { url: url(forms.packed), sizeBytes: forms.packed.sizeBytes },
    bmapUrl: forms.bmap && url(forms.bmap),
  });
  return { fileName: fileNameOf(forms), text };
}

export type ImagerOffer = { /** Opens Imager with the image. */ open: string; /** The list as a file, for an Imager that the address does not reach. */ manifest: string; fileName: string };

/** How a page hands a shared build to Imager. undefined while the raw image has no checksum yet, and when the image is gone. */
export function imagerOffer(build: SharedBuild, token: string, base: string): ImagerOffer | undefined {
  const forms = formsOf(build);
  const manifest = paths.shareImager(build.id, token);
  return forms && { open: `rpi-imager://open?repo=${encodeURIComponent(base + manifest)}`, manifest, fileName: fileNameOf(forms) };
}
