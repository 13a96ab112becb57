/** A file of the seed (or of any tree that goes into an image): small ones as bytes, snaps by digest. Paths are relative, `/` between parts. */
export type TreeFile = { path: string; content: { kind: 'bytes'; bytes: Uint8Array } | { kind: 'blob'; sha3_384: string; sizeBytes: number } };
