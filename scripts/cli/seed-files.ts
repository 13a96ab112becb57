import { foldName } from '../../lib/image/fat-names';
import type { Ext4FileSystem } from '../../lib/image/read/ext4';
import type { FatFileSystem } from '../../lib/image/read/fat';
import { fault, type SeedFiles } from './verify-check';

const missing = (path: string): never => fault('seed-missing', `There is no file ${path} in the image.`);

export const filesOfFat = (fat: FatFileSystem): SeedFiles => {
  const find = (path: string) => fat.find(path) ?? missing(path);
  return {
    list: async (path) => fat.list(path),
    sizeOf: async (path) => fat.find(path)?.sizeBytes,
    read: async (path, most) => fat.read(find(path), most),
    chunks: (path) => fat.chunks(find(path)),
    keyOf: foldName,
  };
};

export const filesOfExt4 = (ext4: Ext4FileSystem): SeedFiles => {
  const file = (path: string) => (ext4.find(path)?.kind === 'file' ? ext4.find(path) : undefined);
  const find = (path: string) => file(path) ?? missing(path);
  return {
    list: async (path) => ext4.list(path),
    sizeOf: async (path) => file(path)?.sizeBytes,
    read: async (path, most) => ext4.read(find(path), most),
    chunks: (path) => ext4.chunks(find(path)),
    keyOf: (path) => path,
  };
};
