import { chmod, mkdir, open, readFile, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { encodeStream } from '../../../lib/assertion/encode';
import { signAssertion } from '../../../lib/keys/sign';
import type { Hostile } from './workbench.testing';

/** A build that has to end with this code; `says` is a piece of its sentence. */
export type Case = Hostile & { row: number; what: string; code: string; says: string };

/** Another word in gadget.yaml. */
const other = (from: string, to: string) => (text: string) => {
  if (!text.includes(from)) throw new RangeError(`gadget.yaml has no ${from}`);
  return text.replace(from, to);
};
const instead = (name: string, target: string) => async (tree: string) => {
  await rm(path.join(tree, name), { force: true });
  await symlink(target, path.join(tree, name));
};
/** A file of the folder `boot` in place of the one that the seed gets. */
const inBoot = (...names: string[]): Hostile => ({
  async gadget(tree) {
    await mkdir(path.join(tree, 'boot'));
    for (const name of names) await writeFile(path.join(tree, 'boot', name), name);
  },
  yaml: other('source: grubx64.efi\n            target: EFI/boot/grubx64.efi', 'source: boot/\n            target: EFI/boot/'),
});
const SPARSE_BYTES = 3_333_333;
/** A sparse file in a snap of a few kilobytes, whose size is then made another: its inode has 64 bits for it. */
const grown = (sizeBytes: bigint): Hostile => ({
  async gadget(tree) {
    await writeFile(path.join(tree, 'grubx64.efi'), '');
    await truncate(path.join(tree, 'grubx64.efi'), SPARSE_BYTES);
  },
  squash: ['-noI', '-no-fragments'],
  bytes(snap) {
    const size = Buffer.alloc(8);
    size.writeUInt32LE(SPARSE_BYTES);
    snap.writeBigUInt64LE(sizeBytes, snap.indexOf(size));
  },
});
const tables = (snap: Buffer): { inodes: number; directories: number } => ({ inodes: Number(snap.readBigUInt64LE(64)), directories: Number(snap.readBigUInt64LE(72)) });
const systemUser = (more: Record<string, string> = {}): NonNullable<Hostile['args']> => async (folder, { brandKey }) => {
  const user = await signAssertion({ headers: { type: 'system-user', 'authority-id': 'acme', 'brand-id': 'acme', email: 'a@example.com', series: ['16'], models: ['plain'], name: 'a', username: 'a', since: '2026-01-01T00:00:00Z', until: '2027-01-01T00:00:00Z', ...more }, key: brandKey, time: new Date('2026-01-01T00:00:00Z'), minimumBits: 1024 });
  await writeFile(path.join(folder, 'user.assert'), encodeStream([user]));
  return ['--assertion', path.join(folder, 'user.assert')];
};
const anotherAssertion = (text: string | ((folder: string) => Promise<void>)): NonNullable<Hostile['args']> => async (folder) => {
  const file = path.join(folder, 'more.assert');
  if (typeof text === 'string') await writeFile(file, text);
  else await text(file);
  return ['--assertion', file];
};
const manyStructures = (n: number) => Array.from({ length: n }, (_, i) => `      - name: s${i}\n        type: 0FC63DAF-8483-4772-8E79-3D69D8477DE4\n        size: 1M\n`).join('');

export const CASES: Case[] = [
  { row: 1, what: 'climbs', code: 'gadget-path-escape', says: 'leads out of its tree', yaml: other('image: pc-core.img', 'image: ../../beside/etc/passwd') },
  { row: 1, what: 'is absolute', code: 'gadget-path-escape', says: 'absolute', yaml: other('image: pc-boot.img', 'image: /etc/passwd') },
  { row: 1, what: 'has a backslash', code: 'gadget-path-escape', says: 'a backslash', yaml: other('image: pc-core.img', 'image: ..\\..\\passwd') },
  { row: 2, what: 'climbs', code: 'gadget-path-escape', says: 'leads out of its tree', yaml: other('target: EFI/boot/grubx64.efi', 'target: ../../beside/etc/passwd') },
  { row: 2, what: 'climbs from the root', code: 'gadget-path-escape', says: 'leads out of its tree', yaml: other('target: EFI/boot/grubx64.efi', 'target: /../beside/etc/passwd') },
  { row: 2, what: 'has a NUL', code: 'gadget-path-escape', says: 'control character', yaml: other('target: EFI/boot/grubx64.efi', 'target: "EFI/a\\0b"') },
  { row: 3, what: 'is the folder above', code: 'gadget-path-escape', says: 'leads out of its tree', yaml: other('source: grubx64.efi', 'source: ..') },
  { row: 3, what: 'climbs within a kernel', code: 'gadget-path-escape', says: 'leads out of its tree', yaml: other('source: grubx64.efi', 'source: $kernel:dtbs/../../etc') },

  { row: 4, what: 'as content', code: 'gadget-symlink', says: 'put the file itself there', gadget: instead('grubx64.efi', '/etc/passwd') },
  { row: 4, what: 'as a folder on the way', code: 'gadget-symlink', says: 'boot-assets is a symbolic link', gadget: instead('boot-assets', '/etc'), yaml: other('source: grubx64.efi', 'source: boot-assets/passwd') },
  { row: 4, what: "to the environment of the builder, as the kernel's arguments", code: 'gadget-symlink', says: 'leads out of it', gadget: instead('cmdline.extra', '/proc/self/environ') },
  { row: 4, what: 'that climbs, as the marker of the boot loader', code: 'gadget-symlink', says: 'leads out of it', gadget: instead('grub.conf', 'meta/../../beside/etc/passwd') },
  { row: 4, what: 'to itself', code: 'gadget-symlink', says: 'leads to links only', gadget: instead('cmdline.full', 'cmdline.full') },
  { row: 4, what: 'as gadget.yaml', code: 'gadget-symlink', says: 'put the file itself there', gadget: instead('meta/gadget.yaml', '/etc/passwd') },
  { row: 4, what: 'as snap.yaml', code: 'snap-file-missing', says: 'has no file meta/snap.yaml', gadget: instead('meta/snap.yaml', '/etc/passwd') },

  { row: 5, what: 'a device', code: 'gadget-special-file', says: 'a device', gadget: (tree) => rm(path.join(tree, 'grubx64.efi')), squash: ['-p', 'grubx64.efi c 666 0 0 1 5'] },
  { row: 5, what: 'a device as boot code', code: 'gadget-special-file', says: 'a device', gadget: (tree) => rm(path.join(tree, 'pc-core.img')), squash: ['-p', 'pc-core.img b 666 0 0 8 0'] },

  { row: 6, what: 'millions of files in the superblock', code: 'squashfs-too-big', says: 'holds 16777215 files', bytes: (snap) => snap.writeUInt32LE(0xff_ffff, 4) },
  { row: 6, what: 'a file of 20 GiB in a few kilobytes', code: 'squashfs-too-big', says: 'larger than 512 MiB', ...grown(20n * 2n ** 30n) },
  { row: 6, what: 'a snap.yaml of two megabytes', code: 'snap-file-too-big', says: 'larger than 1048576 bytes', gadget: (tree) => writeFile(path.join(tree, 'meta/snap.yaml'), `name: pc\n#${'x'.repeat(2 ** 21)}\n`) },

  { row: 7, what: 'no squashfs', code: 'squashfs-invalid', says: 'it is no squashfs', bytes: (snap) => void snap.fill(0x41, 0, 4) },
  { row: 7, what: 'a large file that is longer than what there is of it', code: 'squashfs-invalid', says: 'is not a snap that can be read', ...grown(2n ** 28n) },
  { row: 7, what: 'spoilt tables', code: 'squashfs-invalid', says: 'is not a snap that can be read', bytes: (snap) => void snap.fill(0xaa, tables(snap).inodes, tables(snap).directories) },
  { row: 7, what: 'spoilt folders', code: 'squashfs-invalid', says: 'is not a snap that can be read', squash: ['-noI'], bytes: (snap) => void snap.fill(0xff, tables(snap).directories + 2, tables(snap).directories + 60) },
  { row: 7, what: 'a table beyond the end', code: 'squashfs-invalid', says: 'is not a snap that can be read', bytes: (snap) => snap.writeBigUInt64LE(2n ** 62n, 72) },
  { row: 7, what: 'more bytes than there are', code: 'squashfs-invalid', says: 'and the file has', bytes: (snap) => snap.writeBigUInt64LE(2n ** 40n, 40) },

  { row: 8, what: 'a name of two lines', code: 'squashfs-name-invalid', says: 'a line break in its name', gadget: (tree) => writeFile(path.join(tree, 'a\nb'), '') },
  { row: 8, what: 'a name that is the folder above', code: 'squashfs-invalid', says: 'is not a snap that can be read', gadget: (tree) => writeFile(path.join(tree, 'QQ'), ''), squash: ['-noI'], bytes: (snap) => void snap.write('..', snap.lastIndexOf('QQ')) },
  { row: 8, what: 'a drive of mtools', code: 'fat-name', says: 'a name holds :', ...inBoot('c:autoexec.bat') },
  { row: 8, what: 'a pattern', code: 'fat-name', says: 'a name holds *', ...inBoot('*.efi') },

  { row: 9, what: 'a partition of two lines', code: 'gadget-name-invalid', says: 'a control character', yaml: other('name: BIOS Boot', 'name: "BIOS\\n2 : start=1"') },
  { row: 9, what: 'a partition of too many letters', code: 'gadget-name-invalid', says: 'longer than 36 characters', yaml: other('name: BIOS Boot', `name: ${'x'.repeat(37)}`) },
  { row: 9, what: 'a volume', code: 'gadget-volume-invalid', says: 'is no volume name', yaml: other('  pc:', '  "pc;reboot":') },

  { row: 10, what: 'in other case', code: 'fat-name', says: 'the two names are one', ...inBoot('README', 'readme') },
  { row: 10, what: 'with a dot at the end', code: 'fat-name', says: 'ends with a space or a dot', ...inBoot('grub.') },
  { row: 10, what: 'of a device', code: 'fat-name', says: 'a device in DOS', ...inBoot('con.txt') },
  { row: 10, what: 'with a question', code: 'fat-name', says: 'a name holds ?', ...inBoot('a?b') },

  { row: 11, what: 'a size of 2^63', code: 'gadget-size-invalid', says: 'is not a size', yaml: other('size: 1200M', 'size: 9223372036854775808') },
  { row: 11, what: 'a size that overflows by its unit', code: 'gadget-size-invalid', says: 'a negative number of bytes in 64 bits', yaml: other('size: 1200M', 'size: 8589934592G') },
  { row: 11, what: 'a negative size', code: 'gadget-size-invalid', says: 'a negative number of bytes', yaml: other('size: 1200M', 'size: -1') },
  { row: 11, what: 'a size beyond 64 GiB', code: 'gadget-size-invalid', says: '64 GiB', yaml: other('size: 1200M', 'size: 65G') },
  { row: 11, what: 'an offset beyond 2^64', code: 'gadget-offset-invalid', says: 'is not a size', yaml: other('offset: 1202M', 'offset: 184467440737095516160') },
  { row: 11, what: 'an offset that an MBR cannot count', code: 'gadget-size-invalid', says: '64 GiB', yaml: other('offset: 1202M', 'offset: 3072G') },
  { row: 11, what: 'a place for a number outside of the disk', code: 'gadget-offset-write-invalid', says: '4 GiB', yaml: other('offset-write: mbr+92', 'offset-write: 8589934592') },
  { row: 11, what: 'too many structures', code: 'gadget-too-big', says: 'at most 128 are taken', yaml: (text) => text + manyStructures(130) },
  { row: 11, what: 'an image without end', code: 'image-size-invalid', says: 'the largest that is made has 64 GiB', args: () => ['--image-size', '999999G'] },

  { row: 12, what: 'an alias', code: 'gadget-yaml-syntax', says: 'alias', yaml: (text) => `x: &x [1, 2]\ny: *x\n${text}` },
  { row: 12, what: 'a merge key', code: 'gadget-yaml-syntax', says: 'alias', yaml: (text) => `x: &x {a: b}\ny:\n  <<: *x\n${text}` },
  { row: 12, what: 'nests without end', code: 'gadget-yaml-syntax', says: 'nested deeper than 32 levels', yaml: (text) => `x: ${'['.repeat(5000)}\n${text}` },
  { row: 12, what: 'the prototype of an object', code: 'gadget-yaml-syntax', says: '__proto__', yaml: (text) => `${text}defaults:\n  system:\n    __proto__:\n      polluted: yes\n` },
  { row: 12, what: 'a key twice', code: 'gadget-yaml-syntax', says: 'a second time', yaml: (text) => `${text}volumes: {}\n` },
  { row: 12, what: 'two megabytes', code: 'gadget-too-big', says: 'at most 1048576 are read', yaml: (text) => `${text}# ${'x'.repeat(2 ** 21)}\n` },
  { row: 12, what: 'in the metadata of a snap', code: 'yaml-invalid', says: 'alias', gadget: (tree) => writeFile(path.join(tree, 'meta/snap.yaml'), 'name: pc\nx: &x [1]\ny: *x\n') },

  { row: 13, what: 'too many', code: 'assertions-too-many', says: 'more than 10000 assertions', args: async (folder) => {
    await writeFile(path.join(folder, 'assertions/many.assert'), 'type: x\n\n'.repeat(10_001));
    return [];
  } },
  { row: 13, what: 'a stream of more than is read', code: 'file-too-big', says: 'too much for what it should be', args: anotherAssertion(async (file) => {
    await writeFile(file, 'type: model\n');
    await truncate(file, 65 * 2 ** 20);
  }) },
  { row: 13, what: 'headers without end', code: 'assertion-too-large', says: 'The headers should have less than 131072 bytes', args: anotherAssertion(`type: model\n${'x: y\n'.repeat(40_000)}`) },
  { row: 13, what: 'a body without end', code: 'assertion-too-large', says: 'where 2097152 are allowed', args: anotherAssertion('type: model\nbody-length: 99999999999\n\nx') },

  { row: 14, what: 'the address of a cloud that tells its secrets', code: 'store-origin', says: 'may not fetch from', store: 'https://169.254.169.254' },
  { row: 14, what: 'an address of the own network', code: 'store-origin', says: 'may not fetch from', store: 'https://10.0.0.1' },

  {
    row: 17,
    what: 'by being replaced',
    code: 'snap-changed',
    says: 'was changed or replaced',
    onceHashed: {
      snap: 'snapd_10.snap',
      async change(file) {
        const bytes = await readFile(file);
        // The padding, which no reader of the file system looks at.
        bytes[bytes.length - 1] = 0x41;
        await writeFile(`${file}.new`, bytes);
        await rename(`${file}.new`, file);
      },
    },
  },
  {
    row: 17,
    what: 'in its place, with its time put back',
    code: 'snap-changed',
    says: 'was changed or replaced',
    gadget: () => undefined,
    onceHashed: {
      snap: 'pc_13.snap',
      async change(file) {
        const { atime, mtime, size } = await stat(file);
        const handle = await open(file, 'r+');
        await handle.write(Buffer.of(0x41), 0, 1, size - 1);
        await handle.close();
        await utimes(file, atime, mtime);
      },
    },
  },

  { row: 18, what: 'a user', code: 'model-grade-forbids-system-user', says: 'Make a dangerous variant', args: systemUser() },
  { row: 18, what: "a user's password", code: 'system-user-password', says: 'Use SSH keys instead', model: { grade: 'dangerous' }, args: systemUser({ password: '$6$salt$hash' }) },

  { row: 21, what: 'of a model', code: 'model-signature', says: 'signature', args: async (folder, { brandKey }) => {
    // A model of the brand, signed by a key that is not the brand's.
    const { keyId } = brandKey;
    await writeFile(path.join(folder, 'M.model'), `type: model\nauthority-id: acme\nseries: 16\nbrand-id: acme\nmodel: plain\narchitecture: amd64\nbase: core22\ngrade: dangerous\nsnaps:\n  -\n    name: pc\n    id: pcxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n    type: gadget\n    default-channel: 22/stable\n  -\n    name: pc-kernel\n    id: pckernelxxxxxxxxxxxxxxxxxxxxxxxx\n    type: kernel\n    default-channel: 22/stable\ntimestamp: 2026-01-01T00:00:00Z\nsign-key-sha3-384: ${keyId}\n\nAcLBUgQAAQoABgUCX0000000000\n`);
    return ['--model', path.join(folder, 'M.model')];
  } },

  { row: 22, what: 'a gadget', code: 'snap-publisher', says: 'pc', gadget: () => undefined, declaration: { 'publisher-id': 'maker' } },
  { row: 22, what: 'a gadget, given as a file', code: 'snap-publisher', says: 'pc', gadget: () => undefined, declaration: { 'publisher-id': 'maker' }, args: (folder) => ['--snap', path.join(folder, 'snaps/pc_13.snap')] },
];

/** Builds that are odd and have to come out, with what is to be in them: `holds` of the image's bytes. */
export const ODD: (Hostile & { row: number; what: string; holds: string[] })[] = [
  { row: 5, what: 'a setuid file is copied as plain bytes', holds: ['grub'], gadget: (tree) => chmod(path.join(tree, 'grubx64.efi'), 0o6777) },
  { row: 8, what: 'names that begin with dashes, or hold what a shell would run, are names', holds: ['-rf', '--help', '$(reboot)'], ...inBoot('-rf', '--help', '$(reboot)', ';reboot') },
  { row: 9, what: 'a partition may be named like a script', holds: [], yaml: other('name: BIOS Boot', 'name: "`reboot`; $(reboot) \\"x"') },
];
