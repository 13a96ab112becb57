import type { Assertion } from '../../lib/assertion/assertion';
import { decodeAssertion } from '../../lib/assertion/decode';
import { AssertionFormatError } from '../../lib/assertion/format-error';
import { judgedOf } from '../../lib/assertion/judged';
import { utf8 } from '../../lib/bytes';
import { SNAPD_CHECKS } from '../../lib/keys/assertion-checks';
import { runBatch, textField } from './batch';
import type { Answer, Request } from './batch';
import { expectFiles, JSON_OPTION } from './command';
import type { Command } from './command';
import { EXIT } from './failure';
import { jsonLine } from './json';
import { readStream } from './read-stream';
import { describeSignature } from './signature-shape';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';

export const assertionInspect: Command = {
  name: 'assertion inspect',
  files: '[FILE…]',
  summary: 'Show what assertions say',
  details: `Reads streams of assertions ("-" is standard input) and writes a JSON object a line for each: type, primary key, headers, length of the body,
key id, the shape of the signature (go, gnupg-1, gnupg-2, other), and how far its headers and body were judged: full, by every rule of snapd,
or general, where the rules of interfaces and the storage of confdb-schemas are not. No signature is verified. Where a stream breaks, what
came before is shown, then the error with its line and byte.

--batch reads lines of {"id","text"} from standard input, each text one assertion and nothing else, and answers each with
{"id","ok":true,"type","headers","bodyBytes","judged"} or {"id","ok":false,"code","message"}.`,
  options: { batch: { help: 'Read JSON lines from standard input' }, json: { ...JSON_OPTION, help: 'JSON is what it writes anyway' } },
  async run({ values, files, terminal }) {
    if (values.has('batch')) {
      expectFiles(files, 0);
      return runBatch(terminal, inspectLine);
    }
    expectFiles(files, 1, Infinity);
    let all = true;
    for (const file of files) all = (await inspectFile(file, terminal)) && all;
    return all ? EXIT.ok : EXIT.refused;
  },
};

async function inspectFile(file: string, terminal: Terminal): Promise<boolean> {
  const { assertions, error } = readStream(await terminal.read(file));
  for (const assertion of assertions) await terminal.write(jsonLine({ file, ok: true, ...describe(assertion) }));
  if (error === undefined && assertions.length > 0) return true;
  if (error?.code === 'unknown-type') await terminal.write(jsonLine({ file, ok: false, type: error.headers?.['type'], headers: error.headers, code: error.code, message: error.message }));
  terminal.say(`${nameOf(file)}: ${error?.message ?? 'There is no assertion in it.'}`);
  return false;
}

function describe(assertion: Assertion): Record<string, unknown> {
  const { type, format, revision, primaryKey, headers, body, signKeyId } = assertion;
  const shape = { bodyBytes: body.length, keyId: signKeyId, signature: describeSignature(assertion) };
  return { type, primaryKey, revision, format, headers, ...shape, judged: judgedOf(assertion) };
}

function inspectLine(request: Request): Answer {
  const text = utf8(textField(request, 'text'));
  try {
    const assertion = decodeAssertion(text, { checks: SNAPD_CHECKS });
    const { type, headers, body } = assertion;
    return { ok: true, type, headers, bodyBytes: body.length, judged: judgedOf(assertion) };
  } catch (error) {
    if (!(error instanceof AssertionFormatError)) throw error;
    return { ok: false, code: error.code, message: error.message, ...(error.code === 'unknown-type' && { headers: error.headers }) };
  }
}
