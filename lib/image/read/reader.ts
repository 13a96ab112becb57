import { AppError } from '../../errors';

/** Bytes at random access; `read` gives exactly `length` of them, and is never asked for any outside. */
export type Reader = { sizeBytes: number; read(offset: number, length: number): Promise<Uint8Array> };

/** What is wrong with an image as a disk. */
export type ImageFaultCode =
  | 'image-truncated'
  | 'image-table-missing'
  | 'image-mbr'
  | 'image-gpt-header'
  | 'image-gpt-crc'
  | 'image-gpt-backup'
  | 'image-gpt-entry'
  | 'image-fat-boot'
  | 'image-fat-copies'
  | 'image-fat-chain'
  | 'image-fat-loop'
  | 'image-fat-entry'
  | 'image-fat-free'
  | 'image-fat-limit'
  | 'image-ext4'
  | 'image-ext4-limit'
  | 'image-ext4-unread'
  | 'image-qcow2';

/** Throws AppError with an ImageFaultCode. */
export function imageFault(code: ImageFaultCode, message: string): never {
  throw new AppError<ImageFaultCode>(code, message);
}

/** Throws AppError `image-truncated` for bytes that are not there; `what` names them, as the subject of a sentence. */
export async function readAt(reader: Reader, offset: number, length: number, what: string): Promise<Uint8Array> {
  if (!Number.isSafeInteger(offset) || offset < 0 || offset + length > reader.sizeBytes) imageFault('image-truncated', `${what} lies beyond the end, which comes after ${reader.sizeBytes} bytes.`);
  return reader.read(offset, length);
}

/** A part of a reader as a reader of its own. The part lies inside. */
export const windowOf = (reader: Reader, start: number, sizeBytes: number): Reader => ({ sizeBytes, read: (offset, length) => reader.read(start + offset, length) });

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
