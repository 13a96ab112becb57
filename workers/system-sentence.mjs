// Node builtins only: also runs before the packages are there.

/** What keeps a process from using a folder or a file, in words. */
const WORDS = {
  ENOSPC: 'there is no room left on the disk',
  EDQUOT: 'the account has used up its quota of the disk',
  EACCES: 'this account may not',
  EPERM: 'this account may not',
  EROFS: 'the file system is read-only',
  ENOTDIR: 'a part of the path is no folder',
  // What a recursive mkdir says of a read-only file system.
  ENOENT: 'it is not there and cannot be made',
};

/** A sentence for whoever started what failed with an error of the system; undefined for any other failure. */
export function systemSentence(error) {
  const words = WORDS[error?.code];
  if (words === undefined || typeof error.path !== 'string') return undefined;
  return `${error.path} cannot be written: ${words}. Put that right, or name another folder with IMPRINT_DATA.`;
}
