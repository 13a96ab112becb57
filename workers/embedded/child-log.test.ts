import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { followOutput, forConsole } from './child-log';
import type { LogFile } from './log-file';

async function linesOf(...chunks: (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = [];
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  followOutput([stream], { write: (line: string) => lines.push(line) } as unknown as LogFile, () => undefined);
  await new Promise((done) => stream.on('close', done));
  return lines;
}

describe('the output of a process, in its log', () => {
  it('is kept line by line, whichever way it comes', async () => {
    const euro = Buffer.from('€');
    expect(await linesOf('one\ntw', 'o\r\n', euro.subarray(0, 1), euro.subarray(1), '\n\nlast')).toEqual(['one', 'two', '€', '', 'last']);
  });
  it('cannot forge a line, nor move a cursor', async () => {
    const line = 'path \u001b[2J\u202egnp\rx\u2028{"level":"error"}\0';
    expect(await linesOf(`${line}\n`)).toEqual(['path \\u001b[2J\\u202egnp\\u000dx\\u2028{"level":"error"}\\u0000']);
  });
  it('is cut where a line is too long, without waiting for its end', async () => {
    const lines = await linesOf(...Array.from({ length: 100 }, () => 'x'.repeat(1000)), '\nnext\n');
    expect(lines.map(({ length }) => length)).toEqual([8193, 4]);
  });
});

describe('a line of a process, on the console', () => {
  it.each([
    ['{"level":"warn","msg":"slow"}', 'warn: slow'],
    ['{"level":"error","msg":"failed","err":{"message":"no route"}}', 'error: failed (no route)'],
    ['{"level":"error","msg":"failed","err":{"message":"failed"}}', 'error: failed'],
    ['plain words', 'plain words'],
    ['{ not json', '{ not json'],
  ])('%s is shown as %s', (line, shown) => expect(forConsole(line)).toBe(shown));
  it.each(['', '   ', '{"level":"info","msg":"request"}', '{"level":"debug"}'])('%j is for the file only', (line) => expect(forConsole(line)).toBeUndefined());
  it('has no control characters of what a process was sent', () => {
    expect(forConsole('{"level":"warn","msg":"a\\u001b[2J"}')).toBe('warn: a\\u001b[2J');
  });
  it('is shortened', () => expect(forConsole('x'.repeat(5000))!.length).toBeLessThan(400));
});
