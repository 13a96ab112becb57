// A PKCS#11 token for the console of the tests: SoftHSM2, with one key of 4096 bits, `models`, named in the file of brands.
import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const PIN = '5678';
const run = promisify(execFile);

/** Gives the first brand of the demo the signer `hsm`. Before the console's first start, which keeps a file of brands that it finds. */
export async function giveToken(dataDir) {
  const folder = path.join(dataDir, 'hsm');
  const tokens = path.join(folder, 'tokens');
  const [conf, pinFile] = [path.join(folder, 'softhsm2.conf'), path.join(folder, 'pin')];
  await fs.mkdir(tokens, { recursive: true });
  await fs.writeFile(conf, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  await fs.writeFile(pinFile, `${PIN}\n`, { mode: 0o600 });
  const environment = { SOFTHSM2_CONF: conf };
  const env = { ...environment, PATH: '/usr/bin:/bin' };
  await run('softhsm2-util', ['--init-token', '--free', '--label', 'acme', '--so-pin', '1234', '--pin', PIN], { env });
  await run('pkcs11-tool', ['--module', MODULE, '--token-label', 'acme', '--login', '--pin', PIN, '--keypairgen', '--key-type', 'rsa:4096', '--label', 'models', '--id', '01'], { env });

  const { register } = await import('tsx/esm/api');
  const unregister = register();
  const { writeDemoBrands } = await import('../workers/embedded/first-start.ts');
  await unregister();
  const file = await writeDemoBrands(dataDir, true);
  const [first, ...rest] = JSON.parse(await fs.readFile(file, 'utf8'));
  await fs.writeFile(file, JSON.stringify([{ ...first, signers: [{ name: 'hsm', module: MODULE, token: 'acme', pinFile, environment }] }, ...rest]));
}
