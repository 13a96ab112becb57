import { describe, expect, it } from 'vitest';
import { readJson } from './read-json';

const post = (body: BodyInit, type = 'application/json') => new Request('http://localhost/x', { method: 'POST', body, headers: { 'content-type': type } });

describe('a JSON body', () => {
  it('is read, whatever else its type says', async () => {
    expect(await readJson(post('{"a":["ü"]}'))).toEqual({ a: ['ü'] });
    expect(await readJson(post('1', 'Application/JSON; charset=utf-8'))).toBe(1);
  });
  it.each([
    ['text/plain', '{}', 'content-type'],
    ['application/x-www-form-urlencoded', '{}', 'content-type'],
    ['application/json', '{', 'not-json'],
    ['application/json', '', 'not-json'],
  ])('of type %s with text %s is refused as %s', async (type, body, code) => {
    await expect(readJson(post(body, type))).rejects.toMatchObject({ code: 'invalid', problems: [{ code }] });
  });
  it('is refused when it is not UTF-8', async () => {
    await expect(readJson(post(new Uint8Array([0x22, 0xff, 0x22])))).rejects.toMatchObject({ problems: [{ code: 'not-utf8' }] });
    await expect(readJson(post(new Uint8Array([0x22, 0xc3])))).rejects.toMatchObject({ problems: [{ code: 'not-utf8' }] });
  });
  it('is refused above 1 MiB, without being read to its end', async () => {
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
      },
    });
    const request = new Request('http://localhost/x', { method: 'POST', body: endless, headers: { 'content-type': 'application/json' }, duplex: 'half' } as RequestInit);
    await expect(readJson(request)).rejects.toMatchObject({ code: 'too-large' });
    expect(pulled).toBeLessThan(25);
  });
});
