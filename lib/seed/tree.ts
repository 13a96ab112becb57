/** What lies in a file: bytes where it is small, `blob` for a snap or component, `unpacked` for a large file out of one, kept beside the images. Both are named by their SHA3-384. */
export type FileContent = { kind: 'bytes'; bytes: Uint8Array } | { kind: 'blob'; sha3_384: string; sizeBytes: number } | { kind: 'unpacked'; sha3_384: string; sizeBytes: number; crc32: number };

export const contentBytes = (content: FileContent): number => (content.kind === 'bytes' ? content.bytes.length : content.sizeBytes);

/** A file of a tree that goes into an image. Paths are relative, `/` between parts. `mode` is its permission bits where they are not 0644. */
export type TreeFile = { path: string; mode?: number; content: FileContent };

/** What a tree may hold beside files: empty directories and, where the file system has them, symbolic links. A file's own directories need no entry. */
export type TreeEntry = TreeFile | { path: string; content: { kind: 'directory' } } | { path: string; content: { kind: 'symlink'; target: string } };

export const isFile = (entry: TreeEntry): entry is TreeFile => entry.content.kind !== 'directory' && entry.content.kind !== 'symlink';

export const textFile = (path: string, bytes: Uint8Array): TreeFile => ({ path, content: { kind: 'bytes', bytes } });
export const blobFile = (path: string, { sha3_384, sizeBytes }: { sha3_384: string; sizeBytes: number }): TreeFile => ({ path, content: { kind: 'blob', sha3_384, sizeBytes } });
export const directory = (path: string): TreeEntry => ({ path, content: { kind: 'directory' } });
