import { utf8 } from '../../lib/bytes';
import { parseJson } from '../../lib/json/parse-json';
import type { CheckContext, KeyDates } from '../../lib/model/check';
import { judgeHeaders, judgeText } from '../../lib/model/judge';
import type { JudgedProblem, Judgement } from '../../lib/model/judge';
import { BadLine, runBatch, textField } from './batch';
import type { Answer, Refuse, Request } from './batch';
import { expectFiles } from './command';
import type { Command } from './command';
import { EXIT, Refusal, refusalOf } from './failure';
import { isObject, jsonDocument } from './json';
import { readAll } from './read-stream';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';

export const modelCheck: Command = {
  name: 'model check',
  files: '[FILE]',
  summary: 'Find everything that is wrong with a model, or worth knowing',
  details: `FILE is JSON as "snap sign" takes it, or a model assertion as text; "-" is standard input. Writes a JSON list of problems, each with "severity"
(error or warning), "code", "path" (a JSON Pointer into the headers), "message" and, where there is one, a "fix". There is an error exactly when snapd
would refuse: to sign the JSON, or to decode the text. Then the exit code is 1.

--batch reads lines of {"id","headers"} or {"id","text"} from standard input and answers each with {"id","ok","problems"}.`,
  options: {
    keys: { value: 'KEYS', help: 'Warn of a timestamp that does not go with these account-keys, a stream' },
    batch: { help: 'Read JSON lines from standard input' },
    json: { help: 'Write the list on one line' },
  },
  async run({ values, files, terminal }) {
    const keys = values.has('keys') ? await readKeys(values.get('keys')!, terminal) : [];
    const context = { keys, time: new Date().toISOString() };
    if (values.has('batch')) {
      expectFiles(files, 0);
      return runBatch(terminal, (request) => judgeLine(request, context), refuse);
    }
    expectFiles(files, 1);
    const { ok, problems } = judgeFile(await terminal.read(files[0]!), context);
    await terminal.write(jsonDocument(problems, values.has('json')));
    return ok ? EXIT.ok : EXIT.refused;
  },
};

async function readKeys(file: string, terminal: Terminal): Promise<KeyDates[]> {
  const keys = (await readAll(file, terminal)).filter(({ type }) => type === 'account-key');
  if (keys.length === 0) throw new Refusal('key-missing', `${nameOf(file)}: There is no account-key in it.`);
  return keys.map(({ headers: { 'public-key-sha3-384': keyId, name, since, until } }) => ({ keyId: String(keyId), name: String(name ?? keyId), since: String(since), until: until === undefined ? null : String(until) }));
}

/** An assertion's text cannot begin with a bracket. */
function judgeFile(bytes: Uint8Array, context: CheckContext): Judgement {
  const text = Buffer.from(bytes).toString('utf8');
  if (!/^\s*[[{]/.test(text)) return judgeText(bytes, context);
  try {
    return judgeHeaders(parseJson(text), context);
  } catch (error) {
    const refusal = refusalOf(error);
    if (!refusal) throw error;
    return { ok: false, problems: [wholly(refusal.code, refusal.message)] };
  }
}

const wholly = (code: string, message: string): JudgedProblem => ({ severity: 'error', code, path: '', message });

const refuse: Refuse = (code, message) => ({ ok: false, code, message, problems: [wholly(code, message)] });

function judgeLine(request: Request, context: CheckContext): Answer {
  if ('text' in request) return judgeText(utf8(textField(request, 'text')), context);
  if (!isObject(request['headers'])) throw new BadLine('The line needs "headers" with an object, or "text".');
  return judgeHeaders(request['headers'], context);
}
