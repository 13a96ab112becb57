import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineGroups } from './lines';

async function* pieces(text: Buffer, cuts: number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  for (let i = 1; i < places.length; i += 1) yield text.subarray(places[i - 1], places[i]);
}

async function read(text: string, cuts: number[], maxBytes?: number): Promise<(string | undefined)[]> {
  const lines: (string | undefined)[] = [];
  for await (const group of lineGroups(pieces(Buffer.from(text), cuts), maxBytes)) lines.push(...group);
  return lines;
}

describe('lines', () => {
  it('are the same however the input is cut, characters of several bytes included', async () => {
    const text = fc.array(fc.oneof(fc.string(), fc.constantFrom('é', '\u2028', '\u0085', '\r', '☃', '')).map((line) => line.replaceAll('\n', ''))).map((lines) => lines.map((line) => `${line}\n`).join(''));
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat()), async (whole, cuts) => {
        expect(await read(whole, cuts)).toEqual(Buffer.from(whole).toString('utf8').split('\n').slice(0, -1));
      }),
    );
  });
  it('may lack the last line feed', async () => expect(await read('a\nb', [2])).toEqual(['a', 'b']));
  it('are given up when they are too long, and only they', async () => expect(await read('12345\n123456\n1\n', [1, 3, 8, 9], 5)).toEqual(['12345', undefined, '1']));
});
