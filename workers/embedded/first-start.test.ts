import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readBrandsConfig } from '@/db/brands';
import { choosePorts, claim, readAccounts, readSecrets, writeDemoBrands } from './first-start';
import { DEMO_PEOPLE } from './oidc/people';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'imprint-first-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('secrets', () => {
  it('are made once, for this account alone', async () => {
    const made = await readSecrets(dir);
    expect(made.session).not.toBe(made.oidcClient);
    expect((await stat(join(dir, 'secrets.json'))).mode & 0o777).toBe(0o600);
    expect(await readSecrets(dir)).toEqual(made);
  });
  it('are the same for two that start at once', async () => {
    const [a, b] = await Promise.all([readSecrets(dir), readSecrets(dir)]);
    expect(a).toEqual(b);
  });
  it('that are spoilt are said to be, and not replaced', async () => {
    await writeFile(join(dir, 'secrets.json'), '{"session":"short"}');
    await expect(readSecrets(dir)).rejects.toMatchObject({ code: 'data-unusable', message: expect.stringContaining('secrets.json') as string });
    expect(await readFile(join(dir, 'secrets.json'), 'utf8')).toBe('{"session":"short"}');
  });
});

describe('the demo brands', () => {
  it('are what the console takes, with a role for every demo person', async () => {
    const brands = await readBrandsConfig(await writeDemoBrands(dir, true));
    expect(brands.map(({ slug, accountId }) => [slug, accountId])).toEqual([['acme', 'acme'], ['globex', 'globex']]);
    expect(brands[0]!.storeCredentials).toBe(join(dir, 'store', 'credentials', 'acme'));
    const granting = new Set(brands.flatMap(({ groups }) => Object.keys(groups)));
    for (const { name, groups } of DEMO_PEOPLE) expect(groups.every((group) => granting.has(group)), name).toBe(true);
  });
  it('stay as somebody has edited them', async () => {
    const file = await writeDemoBrands(dir, false);
    await writeFile(file, '[{"accountId":"mine","name":"Mine"}]');
    await writeDemoBrands(dir, true);
    expect(await readAccounts(file)).toEqual([{ accountId: 'mine', name: 'Mine' }]);
    await writeFile(file, '[{"accountId":"mine",\n"name:"Mine"}]');
    await expect(readAccounts(file)).rejects.toMatchObject({
      code: 'brands-invalid',
      message: expect.stringMatching(/brands\.json, is no JSON: .* \(line 2, column 8\)\.$/) as string,
    });
    await writeFile(file, '[{"accountId":"mine"}]');
    await expect(readAccounts(file)).rejects.toMatchObject({ code: 'brands-invalid' });
  });
});

describe('ports', () => {
  it('are free, differ, and stay from start to start', async () => {
    const first = await choosePorts(dir, ['oidc', 'store']);
    expect(first.oidc).not.toBe(first.store);
    expect(await choosePorts(dir, ['oidc', 'store'])).toEqual(first);
    expect((await choosePorts(dir, ['store'])).store).toBe(first.store);
  });
  it('give way to who took them meanwhile', async () => {
    const { oidc } = await choosePorts(dir, ['oidc']);
    const other = createServer().listen(oidc, '127.0.0.1');
    await once(other, 'listening');
    try {
      expect(await claim((other.address() as AddressInfo).port)).toBeUndefined();
      expect((await choosePorts(dir, ['oidc'])).oidc).not.toBe(oidc);
    } finally {
      other.close();
    }
  });
});
