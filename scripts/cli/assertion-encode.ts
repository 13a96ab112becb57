import type { Headers } from '../../lib/assertion/assertion';
import { assembleContent } from '../../lib/assertion/encode';
import { judgedOf } from '../../lib/assertion/judged';
import { fromUtf8, utf8 } from '../../lib/bytes';
import { SNAPD_CHECKS } from '../../lib/keys/assertion-checks';
import { BadLine, runBatch } from './batch';
import type { Answer, Request } from './batch';
import { expectFiles } from './command';
import type { Command } from './command';
import { about, EXIT } from './failure';
import { headersOf, isObject, jsonLine, wellFormed } from './json';
import { readStatement } from './statement';
import { nameOf } from './terminal';

export const assertionEncode: Command = {
  name: 'assertion encode',
  files: 'FILE.json',
  summary: 'Write the bytes that get signed',
  details: `FILE.json holds the headers as "snap sign" takes them, the body as a pseudo-header "body"; "-" is standard input. The key id stands in
"sign-key-sha3-384", which is required. The result has to be an assertion by all rules of its type, but for its signature.

--batch reads lines of {"id","headers","body"} from standard input and answers each with {"id","ok":true,"content","judged"} or
{"id","ok":false,"code","message"}. There the body is signed as it is given. Judged is full, or general as "assertion inspect" tells it.`,
  options: { batch: { help: 'Read JSON lines from standard input' }, json: { help: 'Write {"content","judged"} instead of the bare bytes' } },
  async run({ values, files, terminal }) {
    if (values.has('batch')) {
      expectFiles(files, 0);
      return runBatch(terminal, encodeLine);
    }
    expectFiles(files, 1);
    const [file] = files as [string];
    const bytes = await terminal.read(file);
    const { headers, content } = await about(nameOf(file), () => {
      const statement = readStatement(bytes);
      return { ...statement, content: assembleContent(statement.headers, statement.body, { checks: SNAPD_CHECKS }) };
    });
    await terminal.write(values.has('json') ? jsonLine(describe(headers, content)) : content);
    return EXIT.ok;
  },
};

function encodeLine(request: Request): Answer {
  const { headers, body = '' } = request;
  if (!isObject(headers)) throw new BadLine('The line needs "headers" with an object.');
  if (typeof body !== 'string' && body !== null) throw new BadLine('"body", if it is given, should be text.');
  const given = headersOf(headers);
  const content = assembleContent(given, utf8(wellFormed(body ?? '')), { checks: SNAPD_CHECKS });
  return { ok: true, ...describe(given, content) };
}

const describe = (headers: Headers, content: Uint8Array): Record<string, unknown> => ({
  content: fromUtf8(content),
  judged: judgedOf({ type: String(headers['type']), headers }),
});
