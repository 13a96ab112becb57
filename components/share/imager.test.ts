import { describe, expect, it } from 'vitest';
import type { ArtifactKind, ArtifactView } from '@/lib/api/builds';
import type { SharedBuild } from '@/lib/api/shares';
import { imagerManifest, imagerOffer } from './imager';

const file = (kind: ArtifactKind, fileName: string, change: Partial<ArtifactView> = {}): ArtifactView => ({ kind, volume: '', fileName, sizeBytes: 10, sha256: 'd'.repeat(64), deleted: false, ...change });
const RAW = file('image-raw', 'kiosk-r3-build7.img', { sizeBytes: 99 });
const XZ = file('image-xz', 'kiosk-r3-build7.img.xz', { sizeBytes: 40, sha256: null });
const GZ = file('image-gz', 'kiosk-r3-build7.img.gz', { sizeBytes: 41 });
const build = (artifacts: ArtifactView[]): SharedBuild => ({ id: 'a b', brandName: 'Acme', model: 'kiosk', modelDisplayName: '', architecture: 'arm64', base: 'core24', grade: 'signed', revision: 3, builtAt: '2026-02-03T04:05:06Z', expiresAt: '2026-03-03T04:05:06Z', note: '', production: false, warnings: [], artifacts, proof: { state: 'ready', keyId: null }, snaps: [] });

const BASE = 'https://console.example';
type Entry = { name: string; description: string; url: string; extract_size: number; extract_sha256: string; image_download_size: number; release_date: string; bmap_url?: string };
const entryOf = (artifacts: ArtifactView[]): Entry => (JSON.parse(imagerManifest(build(artifacts), 'to&ken', BASE)!.text) as { os_list: [Entry] }).os_list[0];

describe('a link hands its image to Raspberry Pi Imager', () => {
  it('with the token in the query and a path that ends as Imager wants', () => {
    const { open, manifest, fileName } = imagerOffer(build([RAW, XZ]), 'to&ken', BASE)!;
    const repo = new URL(open).searchParams.get('repo')!;
    expect(repo).toBe(`${BASE}${manifest}`);
    expect(new URL(repo).pathname).toMatch(/\.json$/);
    expect(new URL(repo).searchParams.get('t')).toBe('to&ken');
    expect(fileName).toBe('kiosk-r3-build7.rpi-imager-manifest');
  });
  it('as the xz, by the checksum of what comes out of it, which may be known first', () => {
    expect(entryOf([RAW, XZ, GZ, file('bmap', 'kiosk.img.bmap')])).toMatchObject({ name: 'kiosk (revision 3)', description: 'Ubuntu Core by Acme. Not valid for production.', url: `${BASE}/s/a%20b/download/kiosk-r3-build7.img.xz?t=to%26ken`, extract_size: 99, extract_sha256: RAW.sha256, image_download_size: 40, release_date: '2026-02-03', bmap_url: `${BASE}/s/a%20b/download/kiosk.img.bmap?t=to%26ken` });
  });
  it('as the system’s disk alone, where the gadget has several volumes', () => {
    const many = ['pc', 'firmware'].flatMap((volume) => [file('image-raw', `${volume}.img`, { volume }), file('image-xz', `${volume}.img.xz`, { volume }), file('bmap', `${volume}.img.bmap`, { volume })]);
    const { url, description, bmap_url } = entryOf([...many, file('log', 'kiosk.log')]);
    expect([url, bmap_url].map((each) => new URL(each!).pathname)).toEqual(['/s/a%20b/download/pc.img.xz', '/s/a%20b/download/pc.img.bmap']);
    expect(description).toBe('Ubuntu Core by Acme. The disk of the volume pc. Not valid for production.');
    expect(imagerOffer(build(many), 't', BASE)!.fileName).toBe('pc.rpi-imager-manifest');
    expect(imagerOffer(build(many.filter(({ fileName }) => fileName !== 'pc.img.xz')), 't', BASE)).toBeUndefined();
  });
  it('as the gzip where there is no xz', () => expect(entryOf([RAW, GZ]).url).toContain('.img.gz?'));
  it('not before the checksum is known, and not after the image is gone', () => {
    for (const artifacts of [[{ ...RAW, sha256: null }, XZ], [{ ...RAW, deleted: true }, XZ], [RAW, { ...XZ, deleted: true }], [RAW, file('image-zst', 'x.img.zst')]]) {
      expect(imagerOffer(build(artifacts), 't', BASE)).toBeUndefined();
      expect(imagerManifest(build(artifacts), 't', BASE)).toBeUndefined();
    }
  });
});
