import { concat, fromBase64, fromUtf8 } from '../bytes';
import { damagedExport } from './import-error';

const BLOCK = /-----BEGIN PGP (PRIVATE|PUBLIC) KEY BLOCK-----([\s\S]*?)-----END PGP \1 KEY BLOCK-----/g;

/** The packets' bytes in all blocks of an armoured export (RFC 9580, 6.2); the checksum is read over, as it says. Undefined when there is no such block. */
function unarmour(text: string): Uint8Array | undefined {
  const blocks = [...text.matchAll(BLOCK)].map(([, , inside = '']) => {
    const lines = inside.split(/\r?\n/).map((line) => line.trim());
    // The first line ends the one that says BEGIN; headers follow, and an empty line ends them.
    const start = lines.findIndex((line, at) => at > 0 && line === '');
    return fromBase64(lines.slice(start + 1).filter((line) => !/^=[^=]/.test(line)).join(''));
  });
  if (blocks.length === 0) return undefined;
  if (blocks.includes(undefined)) throw damagedExport();
  return concat(...blocks.map((block) => block!));
}

/**
 * The OpenPGP packets of what may be a GnuPG export, in text or binary, or a v1 envelope of snapd's: base64 of 01 and a packet. Undefined when it is
 * none of these. Throws KeyImportError `key-malformed`.
 */
export function packetsWithin(bytes: Uint8Array): Uint8Array | undefined {
  const text = fromUtf8(bytes);
  if (text === undefined) return bytes[0]! >= 0x80 ? bytes : undefined;
  const envelope = fromBase64(text.replace(/\s/g, ''));
  if (envelope && envelope[0] === 1 && envelope[1]! >= 0x80) return envelope.subarray(1);
  return unarmour(text);
}
