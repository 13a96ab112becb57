import { encodeAssertion } from '../../lib/assertion/encode';
import { judgedOf } from '../../lib/assertion/judged';
import { formatTime } from '../../lib/assertion/scalars';
import { fromUtf8 } from '../../lib/bytes';
import { SNAPD_CHECKS } from '../../lib/keys/assertion-checks';
import { signAssertion } from '../../lib/keys/sign';
import { expectFiles } from './command';
import type { Command } from './command';
import { about, EXIT } from './failure';
import { jsonLine } from './json';
import { KEY_OPTIONS, readSigningKey } from './key-file';
import { readStatement } from './statement';
import { nameOf } from './terminal';
import { signatureTime } from './times';

export const assertionSign: Command = {
  name: 'assertion sign',
  files: 'FILE.json',
  summary: 'Sign an assertion',
  details: `FILE.json holds the headers as "snap sign" takes them, the body as a pseudo-header "body"; "-" is standard input. The key id is that of the key, whatever
the headers say. TIME is when the signature is made, to the second; the same key, headers and TIME give the same bytes.`,
  options: {
    ...KEY_OPTIONS,
    time: { value: 'TIME', help: 'When the signature is made (RFC 3339)', required: true },
    'update-timestamp': { help: 'Set the header "timestamp" to TIME too' },
    json: { help: 'Write {"assertion","keyId","judged"} instead of the bare text' },
  },
  async run({ values, files, terminal }) {
    expectFiles(files, 1);
    const [file] = files as [string];
    const time = signatureTime('time', values.get('time')!);
    const { key, minimumBits } = await readSigningKey(values, terminal);
    const bytes = await terminal.read(file);
    const assertion = await about(nameOf(file), () => {
      const { headers, body } = readStatement(bytes);
      if (values.has('update-timestamp')) headers['timestamp'] = formatTime(time);
      return signAssertion({ headers, body, key, time, minimumBits, checks: SNAPD_CHECKS });
    });
    const text = encodeAssertion(assertion);
    await terminal.write(values.has('json') ? jsonLine({ assertion: fromUtf8(text), keyId: key.keyId, judged: judgedOf(assertion) }) : text);
    return EXIT.ok;
  },
};
