import type { Assertion } from '../../lib/assertion/assertion';
import { judgedOf } from '../../lib/assertion/judged';
import type { Judged } from '../../lib/assertion/judged';
import { findAssertionType } from '../../lib/assertion/types';
import { verifyAll } from '../../lib/trust/verify-all';
import type { Outcome } from '../../lib/trust/verify-all';
import { expectFiles } from './command';
import type { Command } from './command';
import { about, EXIT, Refusal } from './failure';
import { jsonLine } from './json';
import { readAll, readBroken } from './read-stream';
import type { Unread } from './read-stream';
import { nameOf } from './terminal';
import type { Terminal } from './terminal';
import { parseTimeOption } from './times';

export const assertionVerify: Command = {
  name: 'assertion verify',
  files: 'FILE…',
  summary: 'Check signatures and everything that they rest on, up to trusted roots',
  details: `Reads streams of assertions from all files ("-" is standard input), in any order and split in any way. ROOTS is a stream of the accounts and
account-keys that are believed without a signature. Writes a line for each assertion, in the order of the input: its type, its primary key
joined by "/", and "ok" or "code: reason", with tabs between. Of several revisions the highest that holds stands. The exit code is 1 unless all hold.
A key counts for what it says at TIME, which is now unless it is given.`,
  options: {
    trusted: { value: 'ROOTS', help: 'The assertions to believe', required: true },
    at: { value: 'TIME', help: 'Check as of this time (RFC 3339) instead of now' },
    json: { help: 'Write a JSON object a line' },
  },
  async run({ values, files, terminal }) {
    expectFiles(files, 1, Infinity);
    const now = values.has('at') ? parseTimeOption('at', values.get('at')!) : new Date();
    const rootsFile = values.get('trusted')!;
    const trusted = await readRoots(rootsFile, terminal);
    const inputs: { file: string; input: Assertion | Unread }[] = [];
    let all = true;
    for (const file of files) {
      const read = readBroken(await terminal.read(file));
      if (read.length === 0) terminal.say(`${nameOf(file)}: There is no assertion in it.`);
      all = read.length > 0 && all;
      for (const input of read) inputs.push({ file, input });
    }
    const outcomes = await about(nameOf(rootsFile), () => verifyAll(inputs.flatMap(({ input }) => ('headers' in input ? [input] : [])), { trusted, now }));
    const verdicts = outcomes[Symbol.iterator]();
    for (const { file, input } of inputs) {
      const line = 'headers' in input ? lineOfRead(input, verdicts.next().value!) : lineOfUnread(input);
      all = line.ok && all;
      await terminal.write(values.has('json') ? jsonLine({ file, ...line }) : textLine(line));
    }
    return all ? EXIT.ok : EXIT.refused;
  },
};

type Line = {
  type: string;
  primaryKey: string[];
  ok: boolean;
  judged?: Judged;
  revokes?: string;
  code?: string;
  reason?: string;
};

function lineOfRead(input: Assertion, outcome: Outcome): Line {
  const { type, primaryKey } = input;
  if (!outcome.ok) return { type, primaryKey, ok: false, code: outcome.code, reason: outcome.reason };
  const { revokes } = outcome;
  return { type, primaryKey, ok: true, judged: judgedOf(input), ...(revokes !== undefined && { revokes }) };
}

function lineOfUnread({ text, code, message }: Unread): Line {
  const [type, primaryKey] = identityOf(text);
  return { type, primaryKey, ok: false, code, reason: message };
}

/** Values may hold anything, and a line has three fields. */
export const inField = (text: string): string => text.replace(/[\t\n\r\u0085\u2028\u2029]/g, (c) => JSON.stringify(c).slice(1, -1));

const textLine = ({ type, primaryKey, ok, code, reason }: Line): string => `${inField(type)}\t${inField(primaryKey.join('/'))}\t${ok ? 'ok' : inField(`${code}: ${reason}`)}\n`;

/** Type and primary key as the header lines give them, broken as the rest may be; `?` for what they do not say. */
function identityOf(text: Uint8Array): [type: string, primaryKey: string[]] {
  const [head = ''] = Buffer.from(text).toString('utf8').split('\n\n', 1);
  const value = (name: string): string | undefined => head.split('\n').find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
  const type = value('type') ?? '?';
  const known = findAssertionType(type);
  return [type, known ? known.primaryKey.map((name) => value(name) ?? known.defaults[name] ?? '?') : ['?']];
}

async function readRoots(file: string, terminal: Terminal): Promise<Assertion[]> {
  const assertions = await readAll(file, terminal);
  if (assertions.length === 0) throw new Refusal('anchor-missing', `${nameOf(file)}: There is no assertion in it, and so nothing to trust.`);
  return assertions;
}
