import { concat, toHex, utf8 } from '../bytes';

/** What the image's GUIDs and serial numbers are derived from: `root` is the SHA-256 of the lock's text, `sha256` hashes. */
export type IdentifierSource = { root: Uint8Array; sha256: (bytes: Uint8Array) => Uint8Array };

const derive = ({ root, sha256 }: IdentifierSource, key: string): Uint8Array => sha256(concat(root, utf8(`\0${key}`)));

/** A GUID of version 8 (RFC 9562: made by a rule of one's own), upper-case. Keys: `disk/<volume>`, `part/<volume>/<yamlIndex>`, and for ext4 `fs/<volume>/<yamlIndex>`. */
export function deriveGuid(source: IdentifierSource, key: string): string {
  const b = derive(source, key).slice(0, 16);
  b[6] = (b[6]! & 0x0f) | 0x80;
  b[8] = (b[8]! & 0x3f) | 0x80;
  const hex = toHex(b).toUpperCase();
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Serial number of a file system, never 0. Keys: `fs/<volume>/<yamlIndex>`. */
export function deriveSerial(source: IdentifierSource, key: string): number {
  const b = derive(source, key);
  return new DataView(b.buffer, b.byteOffset).getUint32(0) || 1;
}
