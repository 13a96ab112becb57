// Node builtins only: runs before the packages are there.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

export const ROOT = path.dirname(import.meta.dirname);
const NODE = [20, 19];

/** Something that the person at the keyboard must do; shown without a stack. */
export class SetupError extends Error {}

export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major < NODE[0] || (major === NODE[0] && minor < NODE[1])) throw new SetupError(`Imprint needs Node ${NODE.join('.')} or newer; this is ${version}. Install a newer one and run this again.`);
}

const readJson = (file) => JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8'));

/** Command, or absolute path of a file, and the Debian package that brings it. */
export const RUN_TOOLS = { unsquashfs: 'squashfs-tools', prlimit: 'util-linux', bwrap: 'bubblewrap', mke2fs: 'e2fsprogs', debugfs: 'e2fsprogs' };
export const testTools = () => ({
  ...RUN_TOOLS,
  mksquashfs: 'squashfs-tools',
  zstd: 'zstd',
  mcopy: 'mtools',
  mdir: 'mtools',
  'fsck.vfat': 'dosfstools',
  e2fsck: 'e2fsprogs',
  sgdisk: 'gdisk',
  sfdisk: 'fdisk',
  gzip: 'gzip',
  xz: 'xz-utils',
  'qemu-img': 'qemu-utils',
  bmaptool: 'bmap-tools',
  pgbouncer: 'pgbouncer',
  chromium: 'chromium',
  snap: 'snapd',
  openssl: 'openssl',
  'softhsm2-util': 'softhsm2',
  'pkcs11-tool': 'opensc',
  ...readJson('workers/build/boot/tools.json'),
});

/** A normal login's PATH lacks the sbin folders, where half of these tools are. */
const folders = () => [...new Set([...(process.env.PATH ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean))];

function isThere(tool) {
  return tool.startsWith('/') ? fs.existsSync(tool) : folders().some((folder) => isExecutable(path.join(folder, tool)));
}

function isExecutable(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    // Not there, or not for us: both mean no.
    return false;
  }
}

/**
 * Installs what is missing with apt, as root or by sudo without a password; otherwise throws SetupError with the one line to run.
 * Where there is no apt it says what is missing, and goes on if that is `optional`.
 */
export async function installTools(tools, { say = console.log, optional = false } = {}) {
  const missing = Object.keys(tools).filter((tool) => !isThere(tool));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((tool) => tools[tool]))];
  const names = missing.map((tool) => path.basename(tool)).join(', ');
  if (!isThere('apt-get')) {
    const advice = `These tools are missing: ${names}.\nInstall them with your package manager; on Debian they are in: ${packages.join(' ')}.`;
    if (!optional) throw new SetupError(advice);
    return say(`${advice}\nWithout them no image can be built; everything else works.`);
  }
  const prefix = rootPrefix();
  if (!prefix) throw new SetupError(`These tools are missing: ${names}.\nRun this line once, then run this again:\n\n    sudo sh -c 'apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}'\n`);

  say(`Installing system tools with apt: ${packages.join(' ')}`);
  const apt = (...args) => run([...prefix, 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300', ...args], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, quiet: true });
  const install = () => apt('install', '-y', '--no-install-recommends', ...packages);
  let done = await install();
  if (done.code !== 0) {
    await apt('update');
    done = await install();
  }
  if (done.code !== 0) throw new SetupError(`apt could not install ${packages.join(' ')}:\n\n${done.output.trim().split('\n').slice(-15).join('\n')}`);
  const still = missing.filter((tool) => !isThere(tool));
  if (still.length > 0) throw new SetupError(`apt installed ${packages.join(' ')}, but ${still.join(', ')} is still not there.`);
}

function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  return isThere('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined;
}

/** `npm ci`, unless the packages of this very lock file are there already, for this Node. */
export async function installPackages(say = console.log) {
  const stamp = path.join(ROOT, 'node_modules', '.imprint-stamp');
  const wanted = createHash('sha256').update(fs.readFileSync(path.join(ROOT, 'package-lock.json'))).update(process.version).update(process.arch).digest('hex');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return;
  say('Installing packages with npm (a minute or so)');
  const { code } = await run(['npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error'], { env: { ...npmEnvironment(process.env), PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: '1', NODE_ENV: 'development' } });
  if (code !== 0) throw new SetupError('npm could not install the packages; what it says is above. With a network again, run this again.');
  fs.writeFileSync(stamp, wanted);
}

/** Without what the outer npm says about its own run: an inner one would take it for its settings. Where to fetch from stays. */
export function npmEnvironment(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^npm_(?:config|lifecycle|package|command|execpath|node_execpath)/i.test(name) || /^npm_config_(?:cache|registry|cafile|https?_proxy|proxy|noproxy|userconfig|globalconfig)$/i.test(name)));
}

const running = new Set();

/** Runs to the end. `quiet` keeps the output to itself. Ends with us when we are told to stop. */
export function run([command, ...args], { env = process.env, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'] });
    running.add(child);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output = (output + chunk).slice(-20_000)));
    child.on('error', (error) => (error.code === 'ENOENT' ? reject(new SetupError(`The program ${command} is not installed.`)) : reject(error)));
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? 1, signal, output });
    });
  });
}

/** Tells everything that `run` started to stop. */
export function stopRunning() {
  for (const child of running) child.kill('SIGTERM');
}
