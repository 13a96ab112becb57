import { describe, expect, it } from 'vitest';
import { writeImagerManifest } from './imager';
import type { ImagerImage } from './imager';

const IMAGE: ImagerImage = {
  model: 'kiosk',
  displayName: 'Kiosk (revision 3)',
  description: 'Ubuntu Core by Acme.',
  architecture: 'arm64',
  day: '2026-02-03',
  raw: { sizeBytes: 3_154_150_912, sha256: 'd'.repeat(64) },
  download: { url: 'https://console.example/s/1/download/kiosk.img.xz?t=x', sizeBytes: 400_000_000 },
  bmapUrl: 'https://console.example/s/1/download/kiosk.img.bmap?t=x',
};
type Manifest = { imager: { devices: { tags: string[]; default: boolean; architecture?: string }[] }; os_list: (Record<string, unknown> & { devices: string[] })[] };
const written = (change: Partial<ImagerImage> = {}): Manifest => JSON.parse(writeImagerManifest({ ...IMAGE, ...change })) as Manifest;

/** Raspberry Pi Imager, doc/json-schema/os-list-schema.json. */
const REQUIRED = ['name', 'description', 'icon', 'url', 'extract_size', 'extract_sha256', 'image_download_size', 'release_date', 'devices'];

describe('a list for Raspberry Pi Imager', () => {
  it('tells of its one image all that Imager wants', () => {
    const [entry, ...more] = written().os_list;
    expect(more).toEqual([]);
    expect(Object.keys(entry!)).toEqual(expect.arrayContaining(REQUIRED));
    expect(entry).toMatchObject({ url: IMAGE.download.url, extract_size: 3_154_150_912, extract_sha256: 'd'.repeat(64), image_download_size: 400_000_000, release_date: '2026-02-03', bmap_url: IMAGE.bmapUrl });
  });
  it('promises no customisation, which Ubuntu Core would pass over', () => expect(written().os_list[0]).not.toHaveProperty('init_format'));
  it('brings a board that is chosen already, and that the image is for', () => {
    const { imager, os_list } = written();
    expect(imager.devices).toMatchObject([{ default: true, architecture: 'armv8' }]);
    expect(os_list[0]!.devices).toEqual(imager.devices[0]!.tags);
  });
  it('names an architecture only where Imager has a word for it, and a block map only where there is one', () => {
    expect(written({ architecture: 'armhf' }).os_list[0]).toMatchObject({ architecture: 'armhf' });
    expect(written({ architecture: 'amd64', bmapUrl: undefined }).os_list[0]).not.toHaveProperty('bmap_url');
    for (const { architecture } of written({ architecture: 'amd64' }).imager.devices) expect(architecture).toBeUndefined();
  });
});
