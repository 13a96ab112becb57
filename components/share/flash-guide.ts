import type { ImagerOffer } from './imager';
import { SYSTEMS } from './visitor-system';
import type { System } from './visitor-system';

export type FlashStep = { text: string; command?: string; links?: FlashLink[] };
/** `download`: the name that the file gets. */
export type FlashLink = { href: string; text: string; download?: string };
export type FlashWay = { id: string; title: string; /** Systems for which it is opened first. */ first: System[]; steps: FlashStep[] };

type Image = {
  architecture: string;
  grade: string;
  zst: { fileName: string; sha256: string | null };
  raw: { fileName: string } | undefined;
  imager: ImagerOffer | undefined;
};

/** How to get the image onto a device, for each kind of visitor, with its real file names. Never a command that names a disk by itself. */
export function flashWays(image: Image): FlashWay[] {
  const usual = [linux(image), macos(image), windows(image), ...(image.raw ? [etcher(image.raw.fileName)] : []), ...(image.architecture === 'amd64' ? [qemu(image)] : [])];
  if (!image.imager) return usual;
  // For boards that start from a card it is what most people have at hand.
  if (/^arm/.test(image.architecture)) return [{ ...imager(image.imager), first: [...SYSTEMS] }, ...usual.map((way) => ({ ...way, first: [] }))];
  return usual.flatMap((way) => (way.id === 'windows' ? [way, imager(image.imager!)] : [way]));
}

const imager = ({ open, manifest, fileName }: ImagerOffer): FlashWay => ({
  id: 'imager',
  title: 'Raspberry Pi Imager, on any system',
  first: [],
  steps: [
    { text: 'Have Raspberry Pi Imager 2.0.3 or newer. It writes cards, sticks and disks for any board, and checks what it has written.' },
    {
      text: 'Open it with this image. It asks whether to take images from here. Where it does not open, or cannot reach this address, download the list and open that with it; the list is as good as this link, so keep it as you keep the link.',
      links: [
        { href: open, text: 'Open in Raspberry Pi Imager' },
        { href: manifest, text: 'Download the list', download: fileName },
      ],
    },
    { text: 'The device is chosen already, and there is one image. Choose the card, stick or disk, and write. Everything on it is lost.' },
    { text: 'Put it into the device and start it from there.' },
  ],
});

const linux = ({ zst }: Image): FlashWay => ({
  id: 'linux',
  title: 'Linux',
  first: ['linux', 'phone'],
  steps: [
    ...(zst.sha256 ? [{ text: 'Check the download. It must say OK.', command: `echo "${zst.sha256}  ${zst.fileName}" | sha256sum --check` }] : []),
    { text: 'Plug in the SD card, USB stick or disk and find its name, such as sdb or mmcblk0.', command: 'lsblk -o NAME,SIZE,MODEL,MOUNTPOINTS' },
    { text: 'Write the image. Put the name in place of sdX; everything on that disk is lost.', command: `zstd -dc ${zst.fileName} | sudo dd of=/dev/sdX bs=4M iflag=fullblock status=progress conv=fsync` },
    { text: 'Put it into the device and start it from there.' },
  ],
});

const macos = ({ zst }: Image): FlashWay => ({
  id: 'macos',
  title: 'macOS',
  first: ['macos'],
  steps: [
    ...(zst.sha256 ? [{ text: 'Check the download. It must say OK.', command: `echo "${zst.sha256}  ${zst.fileName}" | shasum -a 256 --check` }] : []),
    { text: 'Have zstd, which unpacks the image.', command: 'brew install zstd' },
    { text: 'Plug in the card, stick or disk and find its number.', command: 'diskutil list external physical' },
    { text: 'Write the image. Put the number in place of N, twice; everything on that disk is lost.', command: `diskutil unmountDisk /dev/diskN && zstd -dc ${zst.fileName} | sudo dd of=/dev/rdiskN bs=4m` },
    { text: 'Eject it, put it into the device and start it from there.', command: 'diskutil eject /dev/diskN' },
  ],
});

const windows = ({ zst }: Image): FlashWay => ({
  id: 'windows',
  title: 'Windows',
  first: ['windows'],
  steps: [
    { text: 'Check the download in PowerShell: the hash must be the SHA-256 above.', command: `Get-FileHash .\\${zst.fileName} -Algorithm SHA256` },
    { text: `Start Raspberry Pi Imager (it writes images for any board). As operating system choose “Use custom” and pick ${zst.fileName}, as it is.` },
    { text: 'Choose the card or disk, answer No when it offers to change settings (Ubuntu Core has its own), and write. Everything on that disk is lost.' },
    { text: 'Put it into the device and start it from there.' },
  ],
});

const etcher = (rawName: string): FlashWay => ({
  id: 'etcher',
  title: 'balenaEtcher, on any system',
  first: [],
  steps: [
    { text: `Download the raw image, ${rawName}: Etcher does not read the compressed form.` },
    { text: 'In Etcher choose “Flash from file” and pick it, choose the card or disk, and flash. Everything on that disk is lost.' },
    { text: 'Put it into the device and start it from there.' },
  ],
});

function qemu({ zst, grade }: Image): FlashWay {
  const disk = zst.fileName.replace(/\.zst$/, '');
  return {
    id: 'qemu',
    title: 'QEMU, without a device',
    first: [],
    steps: [
      { text: 'Have QEMU, its UEFI firmware and zstd (on Debian or Ubuntu).', command: 'sudo apt install qemu-system-x86 ovmf zstd' },
      { text: 'Unpack the image and make it a disk with room to install.', command: `zstd -d ${zst.fileName} -o ${disk} && qemu-img resize -f raw ${disk} 8G` },
      {
        text: grade === 'secured' ? 'Boot it. The grade “secured” also wants a TPM and Secure Boot, which this line does not give it.' : 'Boot it.',
        command: [
          'cp /usr/share/OVMF/OVMF_VARS_4M.fd vars.fd',
          'qemu-system-x86_64 -machine q35,accel=kvm:tcg -cpu max -smp 2 -m 2048 \\',
          '  -drive if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd \\',
          '  -drive if=pflash,format=raw,file=vars.fd \\',
          `  -drive if=virtio,format=raw,file=${disk} \\`,
          '  -nic user,model=virtio -serial mon:stdio',
        ].join('\n'),
      },
    ],
  };
}
