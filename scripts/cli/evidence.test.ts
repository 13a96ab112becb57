import { createHash } from 'node:crypto';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { encodeAssertion, encodeStream } from '../../lib/assertion/encode';
import type { EvidenceFile, EvidenceInput } from '../../lib/evidence/input';
import { sampleInput, sha256 } from '../../lib/evidence/testing';
import { sideFile, writeDocuments, writeProof } from '../../lib/evidence/write-evidence';
import { parseEnvelope, preAuthEncoding } from '../../lib/evidence/dsse';
import { generateBuildKey } from '../../lib/keys/build-key';
import { generateSigningKey } from '../../lib/keys/generate';
import { testKey } from '../../lib/keys/testing';
import { account, accountKey, model as signModel } from '../../lib/trust/testing';
import { main } from './main';
import { imprint, makeFolder, parseLines } from './testing';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const STEM = 'box-r0-build42';
const AT = ['--at', '2026-07-01T00:00:00Z'];
const OPTIONS = ['--build-key', 'build.pub.pem', '--trusted', 'roots.assert', ...AT];
const buildKey = generateBuildKey();

let folder: string;
let remove: () => void;
beforeAll(async () => {
  ({ folder, remove } = makeFolder());
  await makeGood(path.join(folder, 'good'));
});
afterAll(() => remove());

const hex = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex');

/** An image with all that comes with it, as a build leaves it; roots and the build key stand beside the folder. */
async function makeGood(good: string): Promise<void> {
  const [root, brand] = [testKey(), await generateSigningKey(1024)];
  const roots = [await account(root, 'canonical', 'canonical', { validation: 'verified' }), await accountKey(root, 'canonical', 'canonical', root)];
  const chain = [await account(root, 'canonical', 'acme'), await accountKey(root, 'canonical', 'acme', brand)];
  const snaps = [{ name: 'pc', type: 'gadget' }, { name: 'pc-kernel', type: 'kernel' }];
  const signed = await signModel(brand, 'acme', { architecture: 'amd64', base: 'core24', grade: 'dangerous', snaps });
  const modelText = encodeAssertion(signed);
  const model = { ...sampleInput().model, name: 'box', revision: 0, signKeyId: brand.keyId, sha3_384: hex('sha3-384', modelText), sha256: hex('sha256', modelText) };
  const input = sampleInput({ model });

  mkdirSync(good);
  const keep = (fileName: string, content: Uint8Array | string): EvidenceFile => {
    writeFileSync(path.join(good, fileName), content);
    return { fileName, sizeBytes: content.length, sha256: hex('sha256', Buffer.from(content)) };
  };
  const text = { mediaType: 'text/plain' };
  const manifest = { format: 1, lock: input.lock, snaps: input.snaps.map(({ name, snapId, revision, sha3_384 }) => ({ name, snapId, revision: revision ?? -1, sha3_384 })) };
  const full: EvidenceInput = {
    ...input,
    images: [
      { ...keep(`${STEM}.img`, 'the image'), form: 'raw' },
      { ...keep(`${STEM}.img.zst`, 'the image, packed'), form: 'zst' },
    ],
    sideFiles: [
      { ...keep(`${STEM}.model`, modelText), ...text },
      { ...keep(`${STEM}.assertions`, encodeStream(chain)), ...text },
      { ...keep(`${STEM}.manifest.json`, JSON.stringify(manifest)), ...text },
      ...writeDocuments(input, { stem: STEM, sha256 }).map((file) => {
        keep(file.fileName, file.text);
        return sideFile(file, sha256);
      }),
    ],
  };
  for (const file of await writeProof(full, { stem: STEM, sha256 }, buildKey)) keep(file.fileName, file.text);
  writeFileSync(path.join(folder, 'build.pub.pem'), buildKey.publicKey.pem);
  writeFileSync(path.join(folder, 'roots.assert'), encodeStream(roots));
}

/** A copy of what is good, changed. */
function copyOf(change: (inFolder: (ending: string) => string) => void): string {
  const copy = path.join(folder, `copy-${(copies += 1)}`);
  cpSync(path.join(folder, 'good'), copy, { recursive: true });
  change((ending) => path.join(copy, ending === 'SHA256SUMS' ? ending : `${STEM}${ending}`));
  return copy;
}
let copies = 0;

/** Signs anew, with the build key: what somebody could do who holds it, or a build gone wrong. */
async function resign(copy: string, change: (text: string, name: string) => string): Promise<void> {
  const envelope = `${STEM}.provenance.json`;
  const { payload } = parseEnvelope(readFileSync(path.join(copy, envelope), 'utf8'));
  let statement = Buffer.from(payload, 'base64').toString('utf8');
  let list = readFileSync(path.join(copy, 'SHA256SUMS'), 'utf8');
  for (const line of list.trimEnd().split('\n')) {
    const [digest = '', name = ''] = line.split('  ');
    if (name === envelope) continue;
    const before = readFileSync(path.join(copy, name), 'latin1');
    const after = change(before, name);
    writeFileSync(path.join(copy, name), after, 'latin1');
    const changed = hex('sha256', Buffer.from(after, 'latin1'));
    [list, statement] = [list.replaceAll(digest, changed), statement.replaceAll(digest, changed)];
  }
  statement = change(statement, 'statement');
  const body = Buffer.from(statement);
  const sealed = JSON.stringify({ payload: body.toString('base64'), payloadType: 'application/vnd.in-toto+json', signatures: [{ keyid: buildKey.keyId, sig: Buffer.from(buildKey.sign(preAuthEncoding('application/vnd.in-toto+json', body))).toString('base64') }] });
  const old = hex('sha256', readFileSync(path.join(copy, envelope)));
  writeFileSync(path.join(copy, envelope), sealed);
  writeFileSync(path.join(copy, 'SHA256SUMS'), list.replace(old, hex('sha256', Buffer.from(sealed))));
}

async function verify(where: string, options: string[] = OPTIONS): Promise<{ code: number; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  const terminal = {
    folder,
    stdin: process.stdin,
    read: async (file: string) => new Uint8Array(readFileSync(path.resolve(folder, file))),
    write: async (part: string | Uint8Array) => void (stdout += String(part)),
    say: (line: string) => void (stderr += `${line}\n`),
  };
  const code = await main(['evidence', 'verify', ...options, where], folder, terminal);
  return { code, stdout, stderr };
}

/** Status, check and ending of the file, a line each. */
const short = (stdout: string): string[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').slice(0, 3).join(' ').replaceAll(STEM, ''));

describe('evidence verify', () => {
  it('checks everything that came with an image', async () => {
    const { code, stdout, stderr } = await imprint(['evidence', 'verify', ...OPTIONS, 'good'], { folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(short(stdout)).toEqual([
      'ok signature .provenance.json',
      'ok checksums .provenance.json',
      ...['.assertions', '.cdx.json', '.lock.json', '.manifest.json', '.model', '.provenance.json', '.seed.manifest', '.spdx.json'].map((ending) => `ok checksum ${ending}`),
      'ok model .model',
      'ok chain .model',
      'ok lock .lock.json',
      ...['.manifest.json', '.seed.manifest', '.spdx.json', '.cdx.json'].map((ending) => `ok list ${ending}`),
      'ok checksum .img',
      'ok checksum .img.zst',
    ]);
  });

  it('takes the list of checksums itself, and answers in JSON', async () => {
    const { code, stdout } = await verify('good/SHA256SUMS', [...OPTIONS, '--json']);
    expect(code).toBe(0);
    expect(parseLines(stdout)[0]).toEqual({ status: 'ok', check: 'signature', file: `${STEM}.provenance.json`, message: `signed by the build key ${buildKey.keyId}, built by https://console.example` });
  });

  it('leaves files that sha256sum and openssl verify without us', () => {
    const good = path.join(folder, 'good');
    expect(spawnSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: good, encoding: 'utf8' })).toMatchObject({ status: 0, stdout: '' });
    const { payload, payloadType, signatures } = parseEnvelope(readFileSync(path.join(good, `${STEM}.provenance.json`), 'utf8'));
    writeFileSync(path.join(folder, 'signed'), preAuthEncoding(payloadType, Buffer.from(payload, 'base64')));
    writeFileSync(path.join(folder, 'sig'), Buffer.from(signatures[0]!.sig, 'base64'));
    expect(execFileSync('openssl', ['pkeyutl', '-verify', '-pubin', '-inkey', 'build.pub.pem', '-rawin', '-in', 'signed', '-sigfile', 'sig'], { cwd: folder, encoding: 'utf8' })).toContain('Verified Successfully');
  });

  it('says which files are not here', async () => {
    const copy = copyOf((at) => ['.img', '.lock.json', '.assertions', '.spdx.json'].forEach((ending) => rmSync(at(ending))));
    const { code, stdout } = await verify(copy);
    expect(code).toBe(0);
    expect(short(stdout).filter((line) => line.startsWith('absent'))).toEqual(['absent checksum .assertions', 'absent checksum .lock.json', 'absent checksum .spdx.json', 'absent chain .assertions', 'absent list .spdx.json', 'absent checksum .img']);
    expect(short(stdout)).toContain('ok lock .manifest.json');
  });

  it('does not hold lists against a lock that is not here', async () => {
    const copy = copyOf((at) => ['.lock.json', '.manifest.json'].forEach((ending) => rmSync(at(ending))));
    expect(short((await verify(copy)).stdout)).toContain('absent lock .lock.json');
  });

  const changes: [string, (at: (ending: string) => string) => void, string][] = [
    ['an image', (at) => writeFileSync(at('.img'), 'another'), `${STEM}.img: Its SHA-256 is`],
    ['a document', (at) => writeFileSync(at('.spdx.json'), '{}'), `${STEM}.spdx.json: Its SHA-256 is`],
    ['a checksum', (at) => writeFileSync(at('SHA256SUMS'), readFileSync(at('SHA256SUMS'), 'utf8').replace(/^[0-9a-f]{4}(?=.*\.img\n)/m, 'ffff')), 'is not the one in the checksums'],
    ['the list of files', (at) => writeFileSync(at('SHA256SUMS'), `${readFileSync(at('SHA256SUMS'), 'utf8')}${'a'.repeat(64)}  extra\n`), 'It does not speak of extra'],
    ['the shape of the list', (at) => writeFileSync(at('SHA256SUMS'), 'nothing\n'), 'This is no checksum'],
    ['the way into a folder above', (at) => writeFileSync(at('SHA256SUMS'), `${'a'.repeat(64)}  ../secret\n`), 'no name of a file in the same folder'],
    ['the envelope', (at) => writeFileSync(at('.provenance.json'), '{}'), 'no DSSE envelope'],
    ['the envelope, which is gone', (at) => rmSync(at('.provenance.json')), 'is not here, and without it nothing is signed'],
    ['an image into a folder', (at) => (rmSync(at('.img')), mkdirSync(at('.img'))), `${STEM}.img: This is no file.`],
    ['a link to a file that is too large to be one of them', (at) => (rmSync(at('.lock.json')), writeFileSync(at('.big'), new Uint8Array(64 * 1024 * 1024 + 1)), symlinkSync(at('.big'), at('.lock.json'))), 'too large to be what its name says'],
  ];
  it.each(changes)('finds a change of %s', async (_, change, words) => {
    const { code, stdout, stderr } = await verify(copyOf(change));
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(words) });
    expect(stderr.trimEnd()).not.toContain('\n');
    if (stdout !== '') expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^failed\t/);
  });

  it('finds a statement that was changed behind its signature', async () => {
    const copy = copyOf((at) => {
      const envelope = parseEnvelope(readFileSync(at('.provenance.json'), 'utf8'));
      const payload = Buffer.from(Buffer.from(envelope.payload, 'base64').toString('utf8').replace('"revision":"178"', '"revision":"179"')).toString('base64');
      expect(payload).not.toBe(envelope.payload);
      writeFileSync(at('.provenance.json'), JSON.stringify({ ...envelope, payload }));
    });
    expect(await verify(copy)).toMatchObject({ code: 1, stderr: expect.stringContaining('does not hold under the key') });
  });

  it('finds a signature by another key', async () => {
    writeFileSync(path.join(folder, 'other.pub.pem'), generateBuildKey().publicKey.pem);
    expect(await verify('good', ['--build-key', 'other.pub.pem', '--trusted', 'roots.assert', ...AT])).toMatchObject({ code: 1, stderr: expect.stringContaining('has not signed the envelope') });
  });

  const wrongs: [string, (text: string, name: string) => string, string][] = [
    ['a revision in SPDX', (text, name) => (name.endsWith('.spdx.json') ? text.replace('/178"', '/179"') : text), 'It has revision 179 of pc, the lock has 178.'],
    ['a digest in CycloneDX', (text, name) => (name.endsWith('.cdx.json') ? text.replace('5'.repeat(96), 'f'.repeat(96)) : text), "Its SHA3-384 of pc is not the lock's."],
    ['a revision in seed.manifest', (text, name) => (name.endsWith('.seed.manifest') ? text.replace('pc 178', 'pc 179') : text), 'It has revision 179 of pc, the lock has 178.'],
    ['a revision in manifest.json', (text, name) => (name.endsWith('.manifest.json') ? text.replace('"UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH","revision":178', '"UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH","revision":179') : text), 'It has revision 179 of pc, the lock has 178.'],
    ['the lock in manifest.json', (text, name) => (name.endsWith('.manifest.json') ? text.replace('"label":"20260101"', '"label":"20260102"') : text), 'The lock in it is not'],
    ['a revision in the lock', (text, name) => (name.endsWith('.lock.json') ? text.replace('"revision": 178', '"revision": 179') : text), 'The provenance is not about this lock: it has revision 178 of pc, the lock has 179.'],
    ['the model in the provenance', (text, name) => (name === 'statement' ? text.replaceAll('"brandId":"acme"', '"brandId":"globex"') : text), 'Its brand is acme, and the provenance names globex.'],
    ['the type of the build', (text, name) => (name === 'statement' ? text.replace('ubuntu-core-image:1', 'ubuntu-core-image:2') : text), 'no provenance of an image'],
  ];
  it.each(wrongs)('finds %s that does not fit, though all of it is signed', async (_, change, words) => {
    const copy = copyOf(() => undefined);
    await resign(copy, change);
    expect(await verify(copy)).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
  });

  it('finds a model that does not hold', async () => {
    const stranger = await accountKey(testKey(), 'canonical', 'canonical', await generateSigningKey(1024));
    writeFileSync(path.join(folder, 'other-roots.assert'), encodeAssertion(stranger));
    expect(await verify('good', ['--build-key', 'build.pub.pem', '--trusted', 'other-roots.assert', ...AT])).toMatchObject({ code: 1, stderr: expect.stringContaining('The model does not hold') });
    expect(await verify('good', ['--build-key', 'build.pub.pem', '--trusted', 'roots.assert', '--at', '2025-01-01T00:00:00Z'])).toMatchObject({ code: 1, stderr: expect.stringContaining('The model does not hold') });
  });

  it('is not content with an empty folder', async () => {
    const copy = copyOf((at) => ['.assertions', '.cdx.json', '.lock.json', '.manifest.json', '.model', '.seed.manifest', '.spdx.json', '.img', '.img.zst'].forEach((ending) => rmSync(at(ending))));
    expect(await verify(copy)).toMatchObject({ code: 1, stderr: expect.stringContaining('None of the files') });
  });

  it('says when it was called wrongly', async () => {
    expect(await verify('nowhere')).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no such file') });
    expect(await verify('-')).toMatchObject({ code: 2 });
    expect(await verify('good', ['--trusted', 'roots.assert'])).toMatchObject({ code: 2, stderr: expect.stringContaining('--build-key') });
    expect(await verify('good', ['--build-key', 'roots.assert', '--trusted', 'roots.assert'])).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot be read: give an Ed25519 key in PEM') });
  });
});
