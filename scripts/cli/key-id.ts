import { readKeyId } from '../../lib/keys/read-key-id';
import { expectFiles } from './command';
import type { Command } from './command';
import { about, EXIT } from './failure';
import { jsonLine } from './json';
import { nameOf } from './terminal';

export const keyId: Command = {
  name: 'key id',
  files: 'FILE',
  summary: 'Tell the id of a key',
  details: `FILE is PEM or JWK of either half, a public key as assertions hold it, an account-key, account-key-request or serial, a key file of snapd, or a GnuPG
export; "-" is standard input. Keys of any size have an id.`,
  options: { json: { help: 'Write {"keyId","bits","source"}' } },
  async run({ values, files, terminal }) {
    expectFiles(files, 1);
    const [file] = files as [string];
    const bytes = await terminal.read(file);
    const found = await about(nameOf(file), () => readKeyId(bytes));
    await terminal.write(values.has('json') ? jsonLine(found) : `${found.keyId}\n`);
    return EXIT.ok;
  },
};
