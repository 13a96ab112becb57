import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readBody, readNoBody } from './read-body';

const post = (body: BodyInit, type = 'application/json') =>
  new Request('http://localhost/x', { method: 'POST', body, headers: { 'content-type': type } });
const anything = z.unknown();
const problemOf = (code: string, message: unknown = expect.any(String)) => ({
  problems: [{ path: '', code, message }],
});

describe('a JSON body', () => {
  it('is read, whatever else its type says', async () => {
    expect(await readBody(post('{"a":["ü"]}'), anything)).toEqual({ value: { a: ['ü'] }, problems: [] });
    expect(await readBody(post('\ufeff1', 'Application/JSON; charset=utf-8'), anything)).toEqual({
      value: 1,
      problems: [],
    });
  });
  it('is held to its schema', async () => {
    const schema = z.strictObject({ a: z.string().default('x') });
    expect(await readBody(post('{}'), schema)).toEqual({ value: { a: 'x' }, problems: [] });
    expect(await readBody(post('{"b":1}'), schema)).toMatchObject({
      problems: [{ path: 'b', code: 'unknown-field' }],
    });
  });
  it.each([
    ['text/plain', '{}', 'content-type'],
    ['application/x-www-form-urlencoded', '{}', 'content-type'],
    ['application/json', '{', 'not-json'],
    ['application/json', '', 'not-json'],
  ])('of type %s with text %s is refused as %s', async (type, body, code) => {
    expect(await readBody(post(body, type), anything)).toEqual(problemOf(code));
  });
  it('is refused with the place where it is no JSON', async () => {
    const message = 'The body is no JSON: there is "}" instead of a name in quotes (line 2, column 1).';
    expect(await readBody(post('{"a":1,\n}'), anything)).toEqual(problemOf('not-json', message));
  });
  it('is refused when it says something twice, of which one would be dropped', async () => {
    const message = 'The body says "model" twice in the same object (line 1, column 14).';
    expect(await readBody(post('{"model":"a","model":"b"}'), anything)).toEqual(
      problemOf('json-limit', message),
    );
  });
  it.each([5_000, 100_000])('is refused when it is nested %i levels deep', async (depth) => {
    const body = `{"headers":${'['.repeat(depth)}${']'.repeat(depth)}}`;
    expect(await readBody(post(body), anything)).toEqual(
      problemOf('json-limit', expect.stringContaining('256 levels deep')),
    );
  });
  it('is refused when it is not UTF-8', async () => {
    expect(await readBody(post(new Uint8Array([0x22, 0xff, 0x22])), anything)).toEqual(problemOf('not-utf8'));
    expect(await readBody(post(new Uint8Array([0x22, 0xc3])), anything)).toEqual(problemOf('not-utf8'));
  });
  it('is refused above 1 MiB, without being read to its end', async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
      },
    });
    const headers = { 'content-type': 'application/json' };
    const request = new Request('http://localhost/x', {
      method: 'POST',
      body: endless,
      headers,
      duplex: 'half',
    } as RequestInit);
    await expect(readBody(request, anything)).rejects.toMatchObject({ code: 'too-large' });
    expect(pulled).toBeLessThan(25);
  });
});

describe('an operation without a body', () => {
  it.each(['', ' \n', '{}'])('takes %j, which says nothing', async (body) => {
    expect(await readNoBody(post(body))).toMatchObject({ problems: [] });
  });
  it('takes a request that has none', async () => {
    expect(await readNoBody(new Request('http://localhost/x'))).toMatchObject({ problems: [] });
  });
  it('refuses every field by its name', async () => {
    const message = 'There is no field “force”; none is taken here.';
    expect(await readNoBody(post('{"force":true}'))).toEqual({
      problems: [{ path: 'force', code: 'unknown-field', message }],
    });
  });
  it.each(['[]', '1', 'force=1', '{"a":'])('refuses %j', async (body) => {
    expect(await readNoBody(post(body, 'text/plain'))).toEqual(problemOf('body-unexpected'));
  });
  it('refuses a body that the server has not read', async () => {
    const request = new Request('http://localhost/x', { headers: { 'content-length': '2' } });
    expect(await readNoBody(request)).toEqual(problemOf('body-unexpected'));
  });
});
