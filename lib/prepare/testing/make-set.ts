import { createHash, generateKeyPairSync } from 'node:crypto';
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Assertion, Headers } from '../../assertion/assertion';
import { encodeStream } from '../../assertion/encode';
import { toBase64Url, utf8 } from '../../bytes';
import { signAssertion } from '../../keys/sign';
import { importSigningKey, type SigningKey } from '../../keys/signing-key';

const run = promisify(execFile);
const TIME = '2026-01-01T00:00:00Z';

/** A snap that is nothing but its name, its type and a few files. */
export type StubSnap = {
  name: string;
  /** Further lines of meta/snap.yaml. */
  yaml?: string;
  type?: string;
  base?: string;
  version?: string;
  revision?: number;
  publisher?: string;
  /** Beside meta/snap.yaml; a path that ends in a slash is an empty folder. */
  files?: Record<string, string | Uint8Array>;
  /** A snap that is there already, whole: nothing else here is about what is in it. */
  file?: string;
  /** False: no assertion speaks of it. */
  asserted?: boolean;
  components?: { name: string; type?: string; version?: string; revision?: number; files?: Record<string, string> }[];
};

export type StubSet = { /** Without what signs it. */ model: Headers; snaps: StubSnap[]; validationSets?: Headers[]; extra?: Headers[] };

/** Ids that snapd knows by heart. */
const WELL_KNOWN: Record<string, string> = {
  core: '99T7MUlRhtI3U0QFgl5mXXESAiSwt776',
  snapd: 'PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4',
  core18: 'CSO04Jhav2yK0uz97cr0ipQRyqg0qQL6',
  core20: 'DLqre5XGLbDqg9jPtiAhRRjDuPVa5X1q',
  core22: 'amcUKQILKXHHTlmSa7NMdnXSx02dNeeT',
  core24: 'dwTAh7MZZ01zyriOZErqd1JynQLiOGvM',
};
export const stubId = (name: string): string => WELL_KNOWN[name] ?? `${name.replaceAll('-', '')}${'x'.repeat(32)}`.slice(0, 32);

export const newKey = (): SigningKey => importSigningKey(generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);

export type MadeSet = { folder: string; model: string; snaps: string; assertions: string; roots: string; brandKey: SigningKey; storeKey: SigningKey };

/**
 * For tests: a folder with stub snaps (`snaps/`), all that is signed about them (`assertions/`), the roots (`roots.assert`) and the signed model
 * (`M.model`). The store's account is `canonical`, the brand's is what the model says.
 */
export async function makeSet(folder: string, { model, snaps, validationSets = [], extra = [] }: StubSet): Promise<MadeSet> {
  const [root, store, brand] = [newKey(), newKey(), newKey()];
  const brandId = String(model['brand-id']);
  const sign = (key: SigningKey, headers: Headers, body?: Uint8Array): Promise<Assertion> => signAssertion({ headers, key, time: new Date(TIME), minimumBits: 1024, ...(body && { body }) });
  const account = (id: string, by: SigningKey) => sign(by, { type: 'account', 'authority-id': 'canonical', 'account-id': id, 'display-name': id, username: id, validation: 'verified', timestamp: TIME });
  const accountKey = (id: string, key: SigningKey, by: SigningKey, name: string) => sign(by, { type: 'account-key', 'authority-id': 'canonical', 'account-id': id, name, 'public-key-sha3-384': key.keyId, since: TIME }, utf8(key.encodedPublicKey));

  const dirs = { snaps: path.join(folder, 'snaps'), assertions: path.join(folder, 'assertions') };
  await mkdir(dirs.snaps, { recursive: true });
  await mkdir(dirs.assertions, { recursive: true });
  const roots = [await account('canonical', root), await accountKey('canonical', root, root, 'root')];
  const accounts = [...new Set([brandId, ...snaps.map(({ publisher }) => publisher ?? 'canonical')])].filter((id) => id !== 'canonical');
  const issued: Assertion[] = [await accountKey('canonical', store, root, 'store'), ...(await Promise.all(accounts.map((id) => account(id, store)))), await accountKey(brandId, brand, store, 'models')];
  for (const snap of snaps) issued.push(...(await makeSnap(dirs.snaps, snap, (headers) => sign(store, headers))));
  for (const headers of validationSets) issued.push(await sign(brand, { type: 'validation-set', 'authority-id': brandId, series: '16', 'account-id': brandId, timestamp: TIME, ...headers }));
  for (const [i, headers] of extra.entries()) await writeFile(path.join(folder, `extra${i}.assert`), encodeStream([await sign(brand, { 'authority-id': brandId, ...headers })]));

  const files = { model: path.join(folder, 'M.model'), roots: path.join(folder, 'roots.assert') };
  await writeFile(path.join(dirs.assertions, 'all.assert'), encodeStream(issued));
  await writeFile(files.roots, encodeStream(roots));
  await writeFile(files.model, encodeStream([await sign(brand, { type: 'model', 'authority-id': brandId, series: '16', timestamp: TIME, ...model })]));
  return { folder, ...dirs, ...files, brandKey: brand, storeKey: store };
}

async function makeSnap(folder: string, snap: StubSnap, sign: (headers: Headers) => Promise<Assertion>): Promise<Assertion[]> {
  const { name, type, base, version = '1.0', revision = 1, publisher = 'canonical', yaml = '', files = {}, asserted = true, components = [] } = snap;
  const snapId = stubId(name);
  const declared = components.length === 0 ? '' : `components:\n${components.map((c) => `  ${c.name}:\n    type: ${c.type ?? 'standard'}\n`).join('')}`;
  const text = `name: ${name}\nversion: "${version}"\n${type ? `type: ${type}\n` : ''}${base ? `base: ${base}\n` : ''}${declared}${yaml}`;
  const file = path.join(folder, `${name}_${asserted ? revision : version}.snap`);
  if (snap.file === undefined) await squash(file, { 'meta/snap.yaml': text, ...files });
  else await copyFile(snap.file, file, constants.COPYFILE_FICLONE);
  if (!asserted) {
    for (const c of components) await squash(path.join(folder, `${name}+${c.name}_${c.version ?? version}.comp`), componentFiles(name, c));
    return [];
  }
  const own = await digestOf(file);
  const signed = [
    await sign({ type: 'snap-declaration', 'authority-id': 'canonical', series: '16', 'snap-id': snapId, 'snap-name': name, 'publisher-id': publisher, timestamp: TIME }),
    await sign({ type: 'snap-revision', 'authority-id': 'canonical', 'snap-sha3-384': own.digest, 'snap-id': snapId, 'snap-size': String(own.size), 'snap-revision': String(revision), 'developer-id': publisher, timestamp: TIME }),
  ];
  for (const c of components) {
    const componentFile = path.join(folder, `${name}+${c.name}_${c.revision ?? 1}.comp`);
    await squash(componentFile, componentFiles(name, c));
    const { digest, size } = await digestOf(componentFile);
    const about = { 'authority-id': 'canonical', 'snap-id': snapId, 'resource-name': c.name, 'resource-revision': String(c.revision ?? 1), 'developer-id': publisher, timestamp: TIME };
    signed.push(await sign({ type: 'snap-resource-revision', ...about, 'resource-sha3-384': digest, 'resource-size': String(size) }), await sign({ type: 'snap-resource-pair', ...about, 'snap-revision': String(revision) }));
  }
  return signed;
}

const componentFiles = (snap: string, { name, type = 'standard', version, files = {} }: NonNullable<StubSnap['components']>[number]): Record<string, string> => ({ 'meta/component.yaml': `component: ${snap}+${name}\ntype: ${type}\n${version ? `version: "${version}"\n` : ''}summary: s\ndescription: d\n`, ...files });

async function digestOf(file: string): Promise<{ digest: string; size: number }> {
  return { digest: toBase64Url(createHash('sha3-384').update(await readFile(file)).digest()), size: (await stat(file)).size };
}

/** The same bytes each time. */
async function squash(file: string, files: Record<string, string | Uint8Array>): Promise<void> {
  const tree = await mkdtemp(path.join(tmpdir(), 'imprint-stub-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      const target = path.join(tree, name);
      await mkdir(name.endsWith('/') ? target : path.dirname(target), { recursive: true });
      if (!name.endsWith('/')) await writeFile(target, content);
    }
    await run('mksquashfs', [tree, file, '-noappend', '-quiet', '-no-progress', '-no-xattrs', '-all-root', '-all-time', '0', '-mkfs-time', '0', '-comp', 'gzip']);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}
