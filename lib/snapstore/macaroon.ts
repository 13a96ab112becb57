import { createHmac } from 'node:crypto';
import { concat, fromBase64Url, fromUtf8, toBase64Url, utf8 } from '../bytes';

const ZERO_KEY = new Uint8Array(32);
const hmac = (...parts: Uint8Array[]): Uint8Array => createHmac('sha256', ZERO_KEY).update(concat(...parts)).digest();

/**
 * Binds a discharge macaroon to its root, as each request must (snapd store/auth_u1.go; libmacaroons format 1).
 * Undefined when either is not a macaroon.
 */
export function bindDischarge(root: string, discharge: string): string | undefined {
  const rootSignature = split(root)?.signature;
  const bound = split(discharge);
  if (!rootSignature || !bound) return undefined;
  const signature = hmac(hmac(rootSignature), hmac(bound.signature));
  return toBase64Url(concat(bound.before, packet('signature', signature)));
}

/** Packets: 4 lower-case hexadecimal digits of the whole length, field, space, data, line feed. The signature is the last. */
function split(text: string): { before: Uint8Array; signature: Uint8Array } | undefined {
  const bytes = fromBase64Url(text.replace(/=+$/, ''));
  for (let at = 0; bytes && at + 4 <= bytes.length; ) {
    const digits = fromUtf8(bytes.subarray(at, at + 4)) ?? '';
    const length = /^[0-9a-f]{4}$/.test(digits) ? Number.parseInt(digits, 16) : 0;
    if (length < 6 || at + length > bytes.length) return undefined;
    const isLast = at + length === bytes.length;
    const data = bytes.subarray(at + 4, at + length);
    if (isLast) {
      const named = fromUtf8(data.subarray(0, 10)) === 'signature ' && data.length === 10 + 32 + 1;
      return named ? { before: bytes.subarray(0, at), signature: data.subarray(10, 42) } : undefined;
    }
    at += length;
  }
  return undefined;
}

function packet(field: string, data: Uint8Array): Uint8Array {
  const body = concat(utf8(`${field} `), data, utf8('\n'));
  return concat(utf8((body.length + 4).toString(16).padStart(4, '0')), body);
}
