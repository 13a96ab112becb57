import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@/lib/errors';
import { downloadPackages, showPackages } from './apt';
import type { Apt, PackageInfo } from './apt';
import { HOST, MACHINES } from './architecture';
import type { Architecture, Machine } from './architecture';
import type { DemoSnapsErrorCode } from './errors';
import { run } from './run';

/** Run out of the unpacked packages, with their libraries, so that nothing is installed. */
const toolsFor = ({ gnu }: Machine) => ['squashfs-tools', 'grub-common', `binutils-${gnu.replace('_', '-')}`, 'cpio', 'xz-utils'];
/** Taken apart and never run: they are of the machine that the snaps are for. */
const contentsFor = ({ architecture }: Machine) => [`grub-efi-${architecture}-bin`, 'shim-signed', 'systemd-boot-efi', 'busybox-static', 'snapd'];
const KERNEL = /^linux-image-\d.*-cloud-[a-z0-9]+$/;

/** Programs and libraries must fit the C library of this machine, which stays its own. */
const MACHINE_LIBRARIES = /^(?:libc6|libc-bin|libcrypt1|libgcc-s1)$/;

export type PackageSet = { machine: Machine; packages: PackageInfo[]; kernel: string };

/** As apt calls the package of that machine. */
const named = (name: string, { architecture }: Machine): string => (architecture === HOST ? name : `${name}:${architecture}`);

/** Names and versions of everything that goes into the snaps or makes them. Throws AppError `packages-unreachable`. */
export async function choosePackages(apt: Apt, architecture: Architecture): Promise<PackageSet> {
  const machine = MACHINES[architecture];
  const newest = named(`linux-image-cloud-${architecture}`, machine);
  const [meta] = await showPackages(apt, [newest]);
  const kernel = meta?.depends.find((name) => KERNEL.test(name));
  if (!kernel) throw unreachable([newest], apt.trouble);
  const tools = toolsFor(machine);
  const wanted = [...tools, ...[...contentsFor(machine), kernel].map((name) => named(name, machine))];
  const chosen = await showPackages(apt, wanted);
  const missing = wanted.filter((name) => !chosen.some((one) => one.name === name));
  if (missing.length > 0) throw unreachable(missing, apt.trouble);

  for (let last = chosen.filter((one) => tools.includes(one.name)); last.length > 0; ) {
    const libraries = new Set(last.flatMap((one) => one.depends).filter((name) => name.startsWith('lib') && !MACHINE_LIBRARIES.test(name)));
    for (const known of chosen) libraries.delete(known.name);
    last = await showPackages(apt, [...libraries].sort());
    chosen.push(...last);
  }
  return { machine, packages: chosen.sort((a, b) => (a.name < b.name ? -1 : 1)), kernel };
}

function unreachable(names: string[], trouble: AppError | undefined): AppError<DemoSnapsErrorCode> {
  const sentence = `apt knows no package ${names.join(', ')}. The demo snaps need a Debian mirror with "main" in the apt sources, and a network that reaches it.`;
  return new AppError('packages-unreachable', trouble ? `${sentence} ${trouble.message}` : sentence, { cause: trouble });
}

/** Downloads and unpacks all of them into one folder that looks like the root of a system. */
export async function unpackPackages(apt: Apt, set: PackageSet): Promise<PackageRoot> {
  const root = join(apt.folder, 'root');
  await mkdir(root, { recursive: true });
  for (const file of await downloadPackages(apt, set.packages)) await run('dpkg-deb', ['-x', file, root], { signal: apt.signal });
  return new PackageRoot(root, set, apt.signal);
}

export class PackageRoot {
  constructor(
    readonly root: string,
    readonly set: PackageSet,
    readonly signal: AbortSignal | undefined,
  ) {}

  get machine(): Machine {
    return this.set.machine;
  }

  get architecture(): Architecture {
    return this.set.machine.architecture;
  }

  versionOf(name: string): string {
    return this.set.packages.find((one) => one.name === named(name, this.machine))?.version ?? '';
  }

  /** The first of these that is there: Debian moved files from `/lib` and `/bin` below `/usr`. Throws AppError `package-unexpected`. */
  async find(...candidates: string[]): Promise<string> {
    for (const candidate of candidates) {
      const path = join(this.root, candidate);
      const found = await access(path).then(
        () => true,
        () => false,
      );
      if (found) return path;
    }
    throw new AppError<DemoSnapsErrorCode>('package-unexpected', `No Debian package brought ${candidates.join(' or ')}: this release lays its files out in a way that is not known here.`);
  }

  /** Runs a program of the packages with the libraries of the packages. */
  async tool(name: string, args: string[], options: { cwd?: string; input?: string } = {}): Promise<Buffer> {
    const libraries = ['usr/lib', 'lib'].map((folder) => join(this.root, folder, MACHINES[HOST].gnu)).join(':');
    const env = { LD_LIBRARY_PATH: libraries, PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
    return run(await this.find(`usr/bin/${name}`, `bin/${name}`), args, { ...options, env, signal: this.signal });
  }

  /** The licence text that Debian ships with a package: it travels with the files. */
  async copyright(name: string): Promise<Uint8Array> {
    return readFile(await this.find(`usr/share/doc/${name}/copyright`));
  }
}
