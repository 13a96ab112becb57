import { AppError } from '../errors';
import { compareVersions } from './version';

/** What a snap tells of the snapd in it, line by line (snapd snapdtool/info_file.go). */
export type SnapdInfo = { /** Empty where it does not say. */ version: string; /** The highest format of each type of assertion that it reads; a type that is not there has format 0. undefined where nobody knows. */ formats: ReadonlyMap<string, number> | undefined };

/** Formats of snap-declaration by the version of snapd that first reads them (snapd snap/info.go). */
const DECLARATION_FORMATS = [['2.54', 5], ['2.44', 4], ['2.36', 3], ['2.23', 2], ['2.17', 1]] as const;
const SYSTEM_USER_1 = '2.46';

/** `what` names the snap in the sentence. Throws AppError `snapd-info-invalid`. */
export function parseSnapdInfo(text: string, what: string): SnapdInfo {
  const version = [...text.matchAll(/^VERSION=(.*)$/gm)].at(-1)?.[1] ?? '';
  const told = [...text.matchAll(/^SNAPD_ASSERTS_FORMATS=(.*)$/gm)].at(-1)?.[1] ?? '';
  if (told !== '') return { version, formats: parseFormats(told.replace(/^'+|'+$/g, '')) ?? refuse(what) };
  return { version, formats: version === '' ? undefined : formatsOf(version) };
}

const refuse = (what: string): never => {
  throw new AppError('snapd-info-invalid', `The snap ${what} tells which assertions its snapd reads (SNAPD_ASSERTS_FORMATS), and not in JSON. Choose another revision of it.`);
};

function parseFormats(text: string): Map<string, number> | undefined {
  try {
    const formats = Object.entries(JSON.parse(text) as Record<string, unknown>);
    return formats.every((entry): entry is [string, number] => Number.isSafeInteger(entry[1])) ? new Map(formats) : undefined;
  } catch {
    return undefined;
  }
}

function formatsOf(version: string): Map<string, number> {
  const declaration = DECLARATION_FORMATS.find(([since]) => compareVersions(version, since) >= 0)?.[1] ?? 0;
  return new Map([['system-user', compareVersions(version, SYSTEM_USER_1) >= 0 ? 1 : 0], ['snap-declaration', declaration]]);
}
