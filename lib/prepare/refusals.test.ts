import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertionRef, type Assertion, type Headers } from '../assertion/assertion';
import { utf8 } from '../bytes';
import { AppError } from '../errors';
import { signAssertion } from '../keys/sign';
import { parseSnapYaml } from '../snap/snap-yaml';
import { NO_OPTIONS, type ImageOptions } from './options';
import { prepareImage } from './prepare-image';
import { LocalStore } from '../storage/local-store';
import { NO_WORD, type OfferedSnap, type SnapSource } from './source';
import { makeSet, newKey, stubId } from './testing/make-set';
import { STUB_SETS } from './testing/stub-sets';

const TIME = '2026-01-01T00:00:00Z';
const [root, brand] = [newKey(), newKey()];
const sign = (headers: Headers, key = brand, body?: Uint8Array): Promise<Assertion> => signAssertion({ headers: { 'authority-id': 'acme', ...headers }, key, time: new Date(TIME), minimumBits: 1024, ...(body && { body }) });
const byRoot = (headers: Headers, body?: Uint8Array) => sign({ 'authority-id': 'canonical', ...headers }, root, body);

/** What a store says: a snap.yaml, who published it, at which revision. Nothing of it can be fetched. */
type Stocked = { yaml?: string; publisher?: string; revision?: number; redirect?: string; sizeBytes?: number; isSilent?: boolean };
type Case = { /** The one file that can be fetched. */ gadget?: string; model?: Headers; snaps?: Headers[]; stock?: Record<string, Stocked>; sets?: Headers[]; options?: Partial<ImageOptions>; beside?: Headers[] };

const STOCK: Record<string, Stocked> = { snapd: { yaml: 'type: snapd' }, 'pc-kernel': { yaml: 'type: kernel' }, core22: { yaml: 'type: base' }, pc: { yaml: 'type: gadget\nbase: core22' }, app: { yaml: 'base: core22' } };
const entry = (name: string, type = 'app', more: Headers = {}): Headers => ({ name, id: stubId(name), type, ...more });

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

let vouching: Assertion[] = [];
let anchors: Assertion[] = [];
beforeAll(async () => {
  const account = (id: string) => byRoot({ type: 'account', 'account-id': id, 'display-name': id, username: id, validation: 'verified', timestamp: TIME });
  const key = (id: string, of: typeof root, name: string) => byRoot({ type: 'account-key', 'account-id': id, name, 'public-key-sha3-384': of.keyId, since: TIME }, utf8(of.encodedPublicKey));
  anchors = [await account('canonical'), await key('canonical', root, 'root')];
  vouching = [await account('acme'), await key('acme', brand, 'models')];
});

/** Says why no image is made of it; `fetched` when everything was fine until the first byte. */
async function why({ gadget, model: more = {}, snaps = [], stock = {}, sets = [], options = {}, beside = [] }: Case): Promise<{ code: string; message: string }> {
  const model = await sign({ type: 'model', series: '16', 'brand-id': 'acme', model: 'box', architecture: 'amd64', base: 'core22', grade: 'signed', timestamp: TIME, snaps: [entry('pc', 'gadget', { 'default-channel': '22/stable' }), entry('pc-kernel', 'kernel', { 'default-channel': '22/stable' }), ...snaps], ...more });
  const signed = await Promise.all(sets.map((set) => sign({ type: 'validation-set', series: '16', 'account-id': 'acme', timestamp: TIME, ...set })));
  const given = await Promise.all(beside.map((headers) => sign(headers)));
  const all = new Map([...vouching, ...signed].map((each) => [assertionRef(each), each]));
  const shelf: Record<string, Stocked> = { ...STOCK, ...stock };
  const source: SnapSource = {
    find: async (wanted) =>
      wanted.map(({ name, components, revision: wish }): OfferedSnap => {
        const snap = shelf[name];
        if (!snap) throw new AppError('snap-unknown', `There is no snap ${name}.`);
        const said = parseSnapYaml(`name: ${name}\nversion: "1"\n${snap.yaml ?? ''}\n`);
        const file = (of: string) => ({ sha3_384: Buffer.from(of.padEnd(48, '.')).toString('hex'), sizeBytes: snap.sizeBytes ?? 1000, revision: wish ?? snap.revision ?? 1 });
        const { type, base, architectures, confinement } = said;
        return { ...file(name), name, snapId: stubId(name), version: '1', publisher: { id: snap.publisher ?? 'canonical', displayName: '' }, facts: { type, base, architectures, confinement }, said: snap.isSilent ? undefined : said, about: NO_WORD, redirectChannel: snap.redirect ?? '', components: components.map((component) => ({ ...file(`${name}+${component}`), name: component })) };
      }),
    fetch: async ({ name }) => {
      if (name === 'pc' && gadget !== undefined) return { path: gadget, cached: false };
      throw new AppError('fetched', 'A byte was asked for.');
    },
    assertion: async (type, primaryKey) => all.get(assertionRef({ type, primaryKey })),
    latest: async (type, key) => [...all.values()].filter((each) => each.type === type && key.every((part, i) => each.primaryKey[i] === part)).sort((a, b) => Number(b.primaryKey.at(-1)) - Number(a.primaryKey.at(-1)))[0],
  };
  const teller = { signal: new AbortController().signal, progress: () => undefined, log: () => undefined, say: () => undefined };
  return prepareImage({ model, options: { ...NO_OPTIONS, ...options, assertions: given }, source, anchors: { assertions: [], predefined: [], embedded: anchors }, trustedPublishers: [], now: new Date('2026-06-01T00:00:00Z'), hash: async () => '', content: new LocalStore(path.join(tmpdir(), 'nothing-is-unpacked')) }, (_name, work) => work(teller)).then(
    () => ({ code: 'none', message: '' }),
    (error: unknown) => ({ code: error instanceof AppError ? error.code : 'bug', message: (error as Error).message }),
  );
}

const CONTENT = 'base: core22\nplugs:\n  gfx: {interface: content, content: gfx-1, target: x, default-provider: gpu}';
const set = (name: string, ...snaps: Headers[]): Headers => ({ name, sequence: '1', snaps });
const wants = (...names: string[]): Headers => ({ 'validation-sets': names.map((name) => ({ name, mode: 'enforce' })) });
const user = (more: Headers = {}): Headers => ({ type: 'system-user', 'brand-id': 'acme', email: 'a@b.c', series: ['16'], models: ['box'], name: 'A', username: 'a', 'ssh-keys': ['k'], since: TIME, until: '2027-01-01T00:00:00Z', ...more });
const DANGEROUS: Headers = { grade: 'dangerous' };
const TWO: Record<string, Stocked> = { 'app-c': { yaml: 'base: core22\ncomponents:\n  one: {type: standard}\n  two: {type: standard}' } };

describe('before a byte is fetched an image is refused', () => {
  it.each<[code: string, fix: RegExp, row: Case]>([
    // The model itself.
    ['model-reserved-header', /Remove it, sign again/, { model: { class: 'x' } }],
    ['model-not-supported', /made of Ubuntu Core models/, { model: { classic: 'true', distribution: 'ubuntu' } }],
    // Channels, which a grade above dangerous fixes.
    ['model-grade-forbids-channel', /Make a variant of the model with the other channel and sign it/, { options: { channel: 'edge' } }],
    ['model-grade-forbids-channel', /Without a channel, a name chooses an optional snap/, { options: { snaps: [{ name: 'pc', channel: '22/edge' }] } }],
    ['model-grade-forbids-channel', /Make a variant of the model with that channel/, { stock: { pc: { ...STOCK['pc'], redirect: '24/stable' } } }],
    ['channel-invalid', /write track\/risk/, { model: DANGEROUS, options: { channel: 'a/b/c/d' } }],
    // What the model does not list.
    ['model-grade-forbids-extra', /Add it to the model and sign again/, { options: { snaps: [{ name: 'app', channel: '' }] } }],
    ['model-grade-forbids-extra', /only the grade dangerous allows that/, { snaps: [entry('app-c', 'app', { components: { one: 'required' } })], stock: TWO, options: { components: [{ snapName: 'app-c', name: 'two' }] } }],
    ['model-grade-forbids-devmode', /only the grade dangerous/, { snaps: [entry('app')], stock: { app: { yaml: 'base: core22\nconfinement: devmode' } } }],
    ['snap-classic', /Remove it from the model/, { model: DANGEROUS, snaps: [entry('app')], stock: { app: { yaml: 'base: core22\nconfinement: classic' } } }],
    // Who made it, what it is, what it runs on.
    ['snap-publisher', /only of its own brand \(acme\) or of canonical/, { stock: { pc: { ...STOCK['pc'], publisher: 'maker' } } }],
    ['snap-publisher', /The kernel pc-kernel is published by maker/, { stock: { 'pc-kernel': { ...STOCK['pc-kernel'], publisher: 'maker' } } }],
    ['snap-type', /Correct the type in the model/, { snaps: [entry('app')], stock: { app: { yaml: 'type: base' } } }],
    ['snap-arch', /Choose a channel that has it for amd64/, { snaps: [entry('app')], stock: { app: { yaml: 'base: core22\narchitectures: [arm64, armhf]' } } }],
    ['gadget-base', /Choose the gadget's channel for core22/, { stock: { pc: { yaml: 'type: gadget\nbase: core24' } } }],
    ['snap-unknown', /no snap other/, { snaps: [entry('other')] }],
    // What others lean on.
    ['base-missing', /Add core20 to the model/, { snaps: [entry('app')], stock: { app: { yaml: 'base: core20' } } }],
    ['base-missing', /Add core to the model/, { snaps: [entry('app')], stock: { app: {} } }],
    ['base-missing', /in all of its modes \(ephemeral\)/, { snaps: [entry('core20', 'base'), entry('app', 'app', { modes: ['ephemeral'] })], stock: { core20: { yaml: 'type: base' }, app: { yaml: 'base: core20' } } }],
    ['base-missing', /Add core20 to the model/, { model: DANGEROUS, options: { snaps: [{ name: 'app', channel: '' }] }, stock: { app: { yaml: 'base: core20' } } }],
    ['provider-missing', /Add gpu to the model/, { snaps: [entry('app')], stock: { app: { yaml: CONTENT } } }],
    // What validation sets say.
    ['valset-missing', /Check its name and sequence/, { model: wants('a') }],
    ['valset-signature', /says that globex signed it, but its key .* belongs to acme/, { model: { 'validation-sets': [{ name: 'a', 'account-id': 'globex', mode: 'enforce' }] }, sets: [{ ...set('a', entrySet('pc')), 'authority-id': 'globex', 'account-id': 'globex' }] }],
    ['valset-enforced', /Drop that wish, or make the model's mode prefer-enforce/, { model: wants('a'), sets: [set('a', entrySet('pc'))], options: { validation: 'ignore' } }],
    ['valset-sequence', /pins the validation set acme\/a at sequence 1/, { model: { 'validation-sets': [{ name: 'a', mode: 'enforce', sequence: '1' }] }, sets: [set('a', entrySet('pc'))], options: { sequences: new Map([['acme/a', 2]]) } }],
    ['valset-unknown', /names no validation set acme\/b/, { model: wants('a'), sets: [set('a', entrySet('pc'))], options: { sequences: new Map([['acme/b', 1]]) } }],
    ['valset-conflict', /Take one of them out of the model/, { model: wants('a', 'b'), sets: [set('a', entrySet('pc', { revision: '1' })), set('b', entrySet('pc', { revision: '2' }))] }],
    ['valset-unmet', /forbidden by acme\/a=1\. Take it out of the model/, { model: wants('a'), sets: [set('a', entrySet('pc', { presence: 'invalid' }))] }],
    ['valset-unmet', /wanted by acme\/a=1, and it is not among the snaps/, { model: wants('a'), sets: [set('a', entrySet('other'))] }],
    ['valset-unmet', /Revision 7 of pc is asked for, and acme\/a=1 wants 3/, { model: wants('a'), sets: [set('a', entrySet('pc', { revision: '3' }))], options: { revisions: new Map([['pc', 7]]) } }],
    ['valset-unmet', /component app-c\+one is there at revision 1; acme\/a=1 wants 2/, { model: wants('a'), snaps: [entry('app-c', 'app', { components: { one: 'required' } })], stock: TWO, sets: [set('a', entrySet('app-c', { revision: '1', components: { one: { presence: 'required', revision: '2' } } }))] }],
    // What is to be seeded beside.
    ['model-grade-forbids-system-user', /Make a dangerous variant/, { beside: [user()] }],
    ['system-user-password', /Use SSH keys instead/, { model: DANGEROUS, beside: [user({ password: '$6$salt$hash' })] }],
    ['assertion-not-allowed', /Leave the file out/, { beside: [{ type: 'validation-set', series: '16', 'account-id': 'acme', timestamp: TIME, ...set('a', entrySet('pc')) }] }],
  ])('as %s: %s', async (code, fix, row) => {
    const refused = await why(row);
    expect(refused).toMatchObject({ code });
    expect(refused.message).toMatch(fix);
  });
});

describe('once the gadget is there, and before the other snaps are, an image is refused', () => {
  const pc = STUB_SETS['uc22-signed'].snaps.find(({ name }) => name === 'pc')!;
  /** The gadget with another file system for its seed. */
  async function gadgetWith(filesystem: string): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'imprint-refusals-'));
    folders.push(folder);
    const yaml = String(pc.files!['meta/gadget.yaml']).replace('filesystem: vfat', `filesystem: ${filesystem}`);
    const { snaps } = await makeSet(folder, { ...STUB_SETS['uc22-signed'], snaps: [{ ...pc, files: { ...pc.files, 'meta/gadget.yaml': yaml } }] });
    return path.join(snaps, 'pc_13.snap');
  }
  const kernelOf = (mebibytes: number) => ({ 'pc-kernel': { ...STOCK['pc-kernel'], sizeBytes: mebibytes * 2 ** 20 } });

  it.each(['vfat', 'vfat-16', 'ext4'])('as seed-full on %s, with the largest snaps named', async (filesystem) => {
    const gadget = await gadgetWith(filesystem);
    const refused = await why({ gadget, stock: { ...kernelOf(1100), core22: { ...STOCK['core22'], sizeBytes: 120 * 2 ** 20 } } });
    expect(refused).toMatchObject({ code: 'seed-full' });
    expect(refused.message).toMatch(/The largest are snaps\/pc-kernel_1\.snap \(1100\.0 MiB\), snaps\/core22_1\.snap \(120\.0 MiB\).* larger system-seed structure/);
    expect(await why({ gadget, stock: kernelOf(1000) })).toMatchObject({ code: 'fetched' });
  });
});

describe('nothing stands in the way of an image', () => {
  it.each<[what: string, row: Case]>([
    ['that is plain', {}],
    ['with an optional snap that is named', { snaps: [entry('app', 'app', { presence: 'optional' })], options: { snaps: [{ name: 'app', channel: '' }] } }],
    ['with a gadget of its own brand', { stock: { pc: { ...STOCK['pc'], publisher: 'acme' } } }],
    ['with a component that is optional and named', { snaps: [entry('app-c', 'app', { components: { one: 'required', two: 'optional' } })], stock: TWO, options: { components: [{ snapName: 'app-c', name: 'two' }] } }],
    ['whose provider is there', { snaps: [entry('app'), entry('gpu')], stock: { app: { yaml: CONTENT }, gpu: { yaml: 'base: core22\nslots:\n  gfx: {interface: content, content: gfx-1, read: [x]}' } } }],
    ['of whose snaps the store says too little to tell', { snaps: [entry('app')], stock: { app: { yaml: CONTENT, isSilent: true } } }],
    ['in devmode of grade dangerous', { model: DANGEROUS, snaps: [entry('app')], stock: { app: { yaml: 'base: core22\nconfinement: devmode' } } }],
    ['from another channel of grade dangerous', { model: DANGEROUS, options: { channel: 'edge' }, stock: { pc: { ...STOCK['pc'], redirect: '24/stable' } } }],
    ['that its sets allow', { model: wants('a'), sets: [set('a', entrySet('pc', { revision: '3' }), entrySet('other', { presence: 'invalid' }))] }],
    ['with a user that has no password, of grade dangerous', { model: DANGEROUS, beside: [user()] }],
  ])('%s', async (_what, row) => expect(await why(row)).toMatchObject({ code: 'fetched' }));
});

function entrySet(name: string, more: Headers = {}): Headers {
  return { name, id: stubId(name), ...more };
}
