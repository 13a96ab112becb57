import { describe, expect, it } from 'vitest';
import { flashWays } from './flash-guide';
import { SYSTEMS } from './visitor-system';

const sha256 = 'ab'.repeat(32);
const image = { architecture: 'amd64', grade: 'dangerous', zst: { fileName: 'kiosk-1.img.zst', sha256 }, raw: { fileName: 'kiosk-1.img' }, imager: { open: 'rpi-imager://open?repo=x', manifest: '/s/1/imager.json?t=x', fileName: 'kiosk-1.rpi-imager-manifest' } };
const commands = (way: ReturnType<typeof flashWays>[number] | undefined) => (way?.steps ?? []).map((step) => step.command ?? '').join('\n');
const wayOf = (id: string, of = image) => flashWays(of).find((way) => way.id === id);

describe('how to flash', () => {
  it('is told with the real file names and checksum', () => {
    expect(commands(wayOf('linux'))).toContain(`echo "${sha256}  kiosk-1.img.zst" | sha256sum --check`);
    expect(commands(wayOf('linux'))).toContain('zstd -dc kiosk-1.img.zst | sudo dd of=/dev/sdX');
    expect(commands(wayOf('macos'))).toContain('zstd -dc kiosk-1.img.zst | sudo dd of=/dev/rdiskN');
    expect(commands(wayOf('qemu'))).toContain('file=kiosk-1.img \\');
  });
  it('opens one way first for each kind of visitor', () => {
    for (const of of [image, { ...image, architecture: 'arm64' }]) for (const system of SYSTEMS) expect(flashWays(of).filter((way) => way.first.includes(system))).toHaveLength(1);
  });
  it('names no real disk in any command', () => {
    const all = flashWays(image).map(commands).join('\n');
    expect(all).not.toMatch(/\/dev\/(?:sd[a-z]\b|nvme|r?disk\d|mmcblk)/);
  });
  it('leaves out the check while there is no checksum', () => expect(commands(wayOf('linux', { ...image, zst: { ...image.zst, sha256: null as unknown as string } }))).not.toContain('sha256sum'));
  it('offers QEMU for amd64 only', () => expect(wayOf('qemu', { ...image, architecture: 'arm64' })).toBeUndefined());
  it('says what a secured image wants', () => expect(wayOf('qemu', { ...image, grade: 'secured' })?.steps.at(-1)?.text).toContain('TPM'));
  it('does not offer Etcher without a raw image', () => expect(wayOf('etcher', { ...image, raw: undefined as unknown as { fileName: string } })).toBeUndefined());
  it('hands the image to Raspberry Pi Imager once it can, first of all where the board starts from a card', () => {
    expect(wayOf('imager')?.steps.flatMap(({ links = [] }) => links.map(({ href, download }) => [href, download]))).toEqual([['rpi-imager://open?repo=x', undefined], ['/s/1/imager.json?t=x', 'kiosk-1.rpi-imager-manifest']]);
    expect(flashWays({ ...image, architecture: 'armhf' })[0]?.id).toBe('imager');
    expect(wayOf('imager', { ...image, imager: undefined as unknown as typeof image.imager })).toBeUndefined();
  });
});
