import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@/lib/errors';
import { HOST } from './architecture';
import type { Architecture } from './architecture';
import type { DemoSnapsErrorCode } from './errors';
import { run } from './run';

/** An apt of our own: the machine's sources, keys and proxy, but its own lists and architectures, so that it needs no root, no earlier `apt-get update` and no change of dpkg's settings. */
export type Apt = {
  configFile: string;
  folder: string;
  signal: AbortSignal | undefined;
  /** What was wrong with some package list. Another source may still have all that is wanted. */
  trouble: AppError | undefined;
};

/** The name has `:arm64` and the like at its end where the package is for another machine than this one. */
export type PackageInfo = { name: string; version: string; depends: string[] };

/** Makes the folder and reads the package lists of the machine's sources into it, those for the target too. */
export async function openApt(folder: string, target: Architecture, signal?: AbortSignal): Promise<Apt> {
  const configFile = join(folder, 'apt.conf');
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true });
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  // Nothing counts as installed: every package is a candidate for download.
  await writeFile(join(folder, 'state/status'), '');
  await writeFile(configFile, configuration(folder, target));
  const trouble = await run('apt-get', ['-c', configFile, '-q', 'update'], { signal }).then(
    () => undefined,
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'tool-failed') return error;
      throw error;
    },
  );
  return { configFile, folder, signal, trouble };
}

/** Read after the machine's own configuration. Hooks are cleared: they serve the machine's lists and fail without root. */
const configuration = (folder: string, target: Architecture): string => `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
Dir::State "${folder}/state";
Dir::State::status "${folder}/state/status";
Dir::Cache "${folder}/cache";
#clear APT::Architectures;
APT::Architectures { ${[...new Set([HOST, target])].map((one) => `"${one}";`).join(' ')} };
Acquire::Languages "none";
APT::Update::Error-Mode "any";
Acquire::Retries "2";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
`;

/** What apt would install under each name, in no order; names it does not know are left out. */
export async function showPackages(apt: Apt, names: string[]): Promise<PackageInfo[]> {
  if (names.length === 0) return [];
  const text = await run('apt-cache', ['-c', apt.configFile, 'show', '--no-all-versions', ...names], { signal: apt.signal }).catch((error: unknown) => {
    // apt-cache fails when it knows none of the names, and says so in the user's language.
    if (error instanceof AppError && error.code === 'tool-failed') return '';
    throw error;
  });
  return parsePackages(text.toString());
}

/** Reads the records that `apt-cache show` prints. Of alternatives the first counts. */
export const parsePackages = (text: string): PackageInfo[] => text.split(/\n\n+/).flatMap(parsePackage);

function parsePackage(record: string): PackageInfo[] {
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(record)?.[1];
  const name = field('Package');
  const version = field('Version');
  if (!name || !version) return [];
  const depends = [field('Pre-Depends'), field('Depends')].flatMap((list) => list?.split(',') ?? []);
  const architecture = field('Architecture') ?? HOST;
  const isForeign = architecture !== HOST && architecture !== 'all';
  return [{ name: isForeign ? `${name}:${architecture}` : name, version, depends: depends.map((one) => /^\s*([a-z0-9][a-z0-9+.-]*)/.exec(one)?.[1] ?? '').filter((one) => one !== '') }];
}

/** Downloads the packages, checked by apt against the signed lists, and gives their files. Throws AppError `packages-unreachable`. */
export async function downloadPackages(apt: Apt, packages: PackageInfo[]): Promise<string[]> {
  const folder = join(apt.folder, 'packages');
  await mkdir(folder, { recursive: true });
  try {
    await run('apt-get', ['-c', apt.configFile, '-q', 'download', ...packages.map(({ name, version }) => `${name}=${version}`)], { cwd: folder, signal: apt.signal });
  } catch (cause) {
    if (!(cause instanceof AppError) || cause.code !== 'tool-failed') throw cause;
    throw new AppError<DemoSnapsErrorCode>('packages-unreachable', `The Debian packages could not be downloaded: ${cause.message}`, { cause });
  }
  return (await readdir(folder)).filter((name) => name.endsWith('.deb')).map((name) => join(folder, name)).sort();
}
