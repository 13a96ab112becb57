import { documentText } from './identifier';

/** What Raspberry Pi Imager is told of an image. Digests are lower-case hexadecimal, addresses absolute. */
export type ImagerImage = {
  /** The model's name: by it the image and its board find each other. */
  model: string;
  displayName: string;
  description: string;
  /** As models have it. */
  architecture: string;
  /** `YYYY-MM-DD`. */
  day: string;
  /** As it is written to the card. */
  raw: { sizeBytes: number; sha256: string };
  /** A form of it as xz or gzip, which every Imager unpacks; the size within it is that of `raw`. */
  download: { url: string; sizeBytes: number };
  bmapUrl: string | undefined;
};

/** By Imager's names (doc/json-schema/os-list-schema.json); it knows no other. */
const ARCHITECTURES: Record<string, string> = { arm64: 'armv8', armhf: 'armhf' };

/**
 * A list of one image for Raspberry Pi Imager, version 2 on. It brings a board of its own, chosen beforehand, for a list of images replaces Imager's boards too.
 * There is no `init_format`: Imager would ask for users and networks that Ubuntu Core takes from elsewhere.
 */
export function writeImagerManifest({ model, displayName, description, architecture, day, raw, download, bmapUrl }: ImagerImage): string {
  const runsOn = ARCHITECTURES[architecture];
  const ofArchitecture = runsOn === undefined ? {} : { architecture: runsOn };
  return documentText({
    imager: { devices: [{ name: displayName, description: 'The device that this image is for', tags: [model], default: true, matching_type: 'exclusive', ...ofArchitecture }] },
    os_list: [
      {
        name: displayName,
        description,
        icon: 'icons/use_custom.png',
        url: download.url,
        extract_size: raw.sizeBytes,
        extract_sha256: raw.sha256,
        image_download_size: download.sizeBytes,
        release_date: day,
        devices: [model],
        ...ofArchitecture,
        ...(bmapUrl !== undefined && { bmap_url: bmapUrl }),
      },
    ],
  });
}
