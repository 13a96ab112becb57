import { utf8 } from '../bytes';
import { AppError } from '../errors';

const MAX_NAME_BYTES = 255;

/** Takes paths apart whose names ext4 holds, up to 255 bytes each. Throws AppError `ext4-name`. */
export function parseExt4Path(path: string): string[] {
  const parts = path.split('/');
  const isOdd = (part: string): boolean =>
    ['', '.', '..'].includes(part) || part.includes('\0') || utf8(part).length > MAX_NAME_BYTES;
  if (!parts.some(isOdd)) return parts;
  throw new AppError(
    'ext4-name',
    `The file "${path.slice(0, 120)}" cannot be put on an ext4 file system: a part of its path is empty, "." or "..", or longer than ${MAX_NAME_BYTES} bytes.`,
    { details: { path } },
  );
}

/** Throws AppError `ext4-name`. */
export function assertExt4Names(tree: readonly { path: string }[]): void {
  for (const { path } of tree) parseExt4Path(path);
}
