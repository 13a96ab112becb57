import { encodeAssertion } from '../../lib/assertion/encode';
import { formatTime } from '../../lib/assertion/scalars';
import { fromUtf8 } from '../../lib/bytes';
import { makeAccountKeyRequest } from '../../lib/keys/account-key-request';
import { expectFiles } from './command';
import type { Command } from './command';
import { EXIT } from './failure';
import { jsonLine } from './json';
import { KEY_OPTIONS, readSigningKey } from './key-file';
import { signatureTime } from './times';

export const keyRequest: Command = {
  name: 'key request',
  files: '',
  summary: 'Ask a store to register a key, as a signed account-key-request',
  details: `Writes what a store registers a key by, signed with that key. TIME is when the key begins to be valid and when the request is signed, to the second:
the same TIME gives the same bytes.`,
  options: {
    ...KEY_OPTIONS,
    account: { value: 'ID', help: 'Account of the brand', required: true },
    name: { value: 'NAME', help: 'What the key is to be called', required: true },
    since: { value: 'TIME', help: 'Valid from this time on (RFC 3339) instead of now' },
    json: { help: 'Write {"assertion","keyId"} instead of the bare text' },
  },
  async run({ values, files, terminal }) {
    expectFiles(files, 0);
    const since = signatureTime('since', values.get('since') ?? formatTime(new Date()));
    const { key, minimumBits } = await readSigningKey(values, terminal);
    const request = await makeAccountKeyRequest({ accountId: values.get('account')!, name: values.get('name')!, since, time: since, key, minimumBits });
    const text = encodeAssertion(request);
    await terminal.write(values.has('json') ? jsonLine({ assertion: fromUtf8(text), keyId: key.keyId }) : text);
    return EXIT.ok;
  },
};
