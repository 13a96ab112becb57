import { isAppError } from '../../lib/errors';
import { EXIT, refusalOf } from './failure';
import { parseJson } from '../../lib/json/parse-json';
import { isObject, jsonLine } from './json';
import { lineGroups, MAX_LINE_BYTES } from './lines';
import type { Terminal } from './terminal';

/** One line's object. */
export type Request = Record<string, unknown>;
/** What is answered beside the id, which is given by the batch. */
export type Answer = { ok: boolean } & Record<string, unknown>;

/** The line is not what the batch takes: answered, never thrown on. */
export class BadLine extends Error {}

/** How a batch says no. */
export type Refuse = (code: string, message: string) => Answer;

const refuseWithCode: Refuse = (code, message) => ({ ok: false, code, message });

/** Answers are put together up to this many characters. */
const WRITE_AT = 64 * 1024;

/**
 * A JSON object a line in, one a line out, in order; blank lines are passed over. A refusal is an answer like any other, so the exit code is 0. Everything that came whole
 * is answered before more is read, so that whoever writes line by line gets answers line by line.
 */
export async function runBatch(terminal: Terminal, answer: (request: Request) => Answer, refuse: Refuse = refuseWithCode): Promise<number> {
  let code: number = EXIT.ok;
  const failed = (error: unknown): void => {
    // The first tells enough: a batch may meet it on every line.
    if (code !== EXIT.bug) terminal.say(`A bug of Imprint: ${error instanceof Error ? error.stack : String(error)}`);
    code = EXIT.bug;
  };
  let number = 0;
  for await (const lines of lineGroups(terminal.stdin)) {
    let out = '';
    for (const text of lines) {
      number += 1;
      if (text?.trim() === '') continue;
      out += jsonLine(answerLine({ text, number }, answer, refuse, failed));
      if (out.length < WRITE_AT) continue;
      await terminal.write(out);
      out = '';
    }
    await terminal.write(out);
  }
  return code;
}

/** `text` is undefined for a line that is too long; lines count from 1. */
type Line = { text: string | undefined; number: number };

function answerLine(
  line: Line,
  answer: (request: Request) => Answer,
  refuse: Refuse,
  failed: (error: unknown) => void,
): Record<string, unknown> {
  let id: unknown = null;
  try {
    const request = parseLine(line);
    id = request['id'] ?? null;
    return { id, ...answer(request) };
  } catch (error) {
    if (error instanceof BadLine) return { id, ...refuse('bad-line', error.message) };
    const refusal = refusalOf(error);
    if (refusal) return { id, ...refuse(refusal.code, refusal.message) };
    // The other lines still want their answers.
    failed(error);
    return { id, ...refuse('bug', 'This input meets a bug of Imprint; what it says is on standard error.') };
  }
}

function parseLine({ text, number }: Line): Request {
  if (text === undefined) throw new BadLine(`The line has more than ${MAX_LINE_BYTES} bytes.`);
  let request: unknown;
  try {
    request = parseJson(text, 'This', { firstLine: number });
  } catch (error) {
    if (isAppError(error)) throw new BadLine(error.message, { cause: error });
    throw error;
  }
  if (!isObject(request)) throw new BadLine('The line should be a JSON object.');
  return request;
}

/** A field that has to be text. Throws BadLine. */
export function textField(request: Request, name: string): string {
  const value = request[name];
  if (typeof value !== 'string') throw new BadLine(`The line needs "${name}" with text.`);
  return value;
}
