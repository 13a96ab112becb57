import { AppError } from '../errors';
import { utf8 } from '../bytes';

export type FatErrorCode = 'fat-name' | 'fat-clusters' | 'fat-file-too-big' | 'fat-directory-full';

const DEVICE = /^(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])$/i;

const refuse = (path: string, why: string): never => {
  throw new AppError<FatErrorCode>('fat-name', `The file "${path}" cannot be put on a FAT file system: ${why}.`, { details: { path } });
};

/** Two names that FAT takes for one have the same fold. */
export const foldName = (name: string): string => name.normalize('NFC').toUpperCase().toLowerCase();

/** Takes a relative path apart; refuses what FAT cannot hold or what tools and firmware read as something else. Throws AppError `fat-name`. */
export function parseFatPath(path: string): string[] {
  const parts = path.split('/');
  if (path === '' || path.length > 1024 || parts.length > 32) refuse(path.slice(0, 120), 'the path is empty, longer than 1,024 characters or deeper than 32 directories');
  for (const name of parts) {
    if (name === '' || name === '.' || name === '..') refuse(path, 'a part of the path is empty, "." or ".."');
    if (name.length > 255) refuse(path, 'a name is longer than 255 characters');
    const odd = /[\u0000-\u001f\u007f"*:<>?\\|]/u.exec(name)?.[0];
    if (odd !== undefined) refuse(path, `a name holds ${/[\u0000-\u001f\u007f]/.test(odd) ? 'a control character' : odd}`);
    if (/[\ud800-\udfff]/u.test(name)) refuse(path, 'a name is no valid Unicode');
    if (/[. ]$/.test(name) || name.startsWith(' ')) refuse(path, 'a name begins with a space or ends with a space or a dot');
    if (DEVICE.test(name.split('.')[0]!)) refuse(path, 'a name is that of a device in DOS and Windows');
  }
  return parts;
}

/** A name as 8.3: eleven bytes padded with spaces, and whether a long name must stand beside it. */
export type ShortName = { bytes: Uint8Array; needsLong: boolean };

/** Short names for all names of one directory, in their order (Microsoft FAT specification, section 7). */
export function shortNames(names: string[]): ShortName[] {
  const exact = names.map((name) => {
    const { base, extension, lossless } = mangle(name);
    return lossless && base.length <= 8 && extension.length <= 3 ? { base, extension } : undefined;
  });
  const key = (base: string, extension: string) => `${base}.${extension}`;
  const taken = new Set(exact.flatMap((e) => (e ? [key(e.base, e.extension)] : [])));
  const counters = new Map<string, number>();
  return names.map((name, i) => {
    const whole = exact[i];
    if (whole) return { bytes: pack(whole.base, whole.extension), needsLong: name !== (whole.extension ? `${whole.base}.${whole.extension}` : whole.base) };
    const mangled = mangle(name);
    const extension = mangled.extension.slice(0, 3);
    for (let n = counters.get(key(mangled.base.slice(0, 6), extension)) ?? 1; ; n += 1) {
      const tail = `~${n}`;
      const base = mangled.base.slice(0, 8 - tail.length) + tail;
      if (taken.has(key(base, extension))) continue;
      taken.add(key(base, extension));
      counters.set(key(mangled.base.slice(0, 6), extension), n + 1);
      return { bytes: pack(base, extension), needsLong: true };
    }
  });
}

function mangle(name: string): { base: string; extension: string; lossless: boolean } {
  const dot = name.lastIndexOf('.');
  const split = dot > 0 ? [name.slice(0, dot), name.slice(dot + 1)] : [name, ''];
  let lossless = dot !== 0;
  const [base = '', extension = ''] = split.map((part) =>
    [...part]
      .map((c) => {
        if (/[A-Z0-9!#$%&'()@^_`{}~-]/.test(c)) return c;
        if (/[a-z]/.test(c)) return c.toUpperCase();
        lossless = false;
        return c === ' ' || c === '.' ? '' : '_';
      })
      .join(''),
  );
  return { base: base || '_', extension, lossless: lossless && base !== '' };
}

const pack = (base: string, extension: string): Uint8Array => utf8(base.padEnd(8) + extension.padEnd(3));
