import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRange } from './range';
import type { Conditions } from './range';

const lastModified = new Date('2026-11-22T14:03:07.431Z');
const what = { sizeBytes: 1000, etag: '"abc"', lastModified };
const stamp = 'Sun, 22 Nov 2026 14:03:07 GMT';
const plan = (asked: Partial<Conditions> = {}, sizeBytes = 1000) => planRange({ method: 'GET', ...asked }, { ...what, sizeBytes });
const bytes = (range: string, sizeBytes = 1000) => {
  const { status, start, end } = plan({ range }, sizeBytes);
  return [status, start, end];
};

describe('without conditions', () => {
  it('sends the whole with its length, tag and date', () => {
    expect(plan()).toEqual({ status: 200, start: 0, end: 999, headers: { etag: '"abc"', 'last-modified': stamp, 'accept-ranges': 'bytes', 'content-length': '1000' } });
  });
  it('sends nothing of an empty file', () => {
    expect(plan({}, 0)).toMatchObject({ status: 200, start: 0, end: -1, headers: { 'content-length': '0' } });
  });
});

describe('Range', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-499', 0, 499],
    ['bytes=500-', 500, 999],
    ['bytes=999-', 999, 999],
    ['bytes=-1', 999, 999],
    ['bytes=-500', 500, 999],
    ['bytes=-5000', 0, 999],
    ['bytes=990-5000', 990, 999],
    ['bytes=0-99999999999999999999999', 0, 999],
    ['BYTES=1-2', 1, 2],
    [' bytes=1-2 ', 1, 2],
  ])('%s is answered with those bytes', (range, start, end) => {
    expect(plan({ range })).toMatchObject({ status: 206, start, end, headers: { 'content-range': `bytes ${start}-${end}/1000`, 'content-length': String(end - start + 1) } });
  });

  it.each(['bytes=1000-', 'bytes=1000-1001', 'bytes=-0', 'bytes=99999999999999999999999-'])('%s is past the end: 416 with the size and no bytes', (range) => {
    const refused = plan({ range });
    expect(refused).toMatchObject({ status: 416, end: -1, headers: { 'content-range': 'bytes */1000' } });
    expect(refused.headers).not.toHaveProperty('content-length');
  });

  it.each(['bytes=0-', 'bytes=-5', 'bytes=0-0'])('%s of an empty file is 416', (range) => expect(bytes(range, 0)[0]).toBe(416));

  it.each(['bytes=', 'bytes=-', 'bytes=5-2', 'bytes=a-b', 'bytes=0x1-2', 'bytes=1.5-2', 'bytes=--5', 'bytes=0-1,3-4', 'items=0-1', '0-1', 'bytes 0-1', 'bytes=0-1;', 'bytes=+1-2'])('%s is ignored: the whole is sent', (range) => {
    expect(bytes(range)).toEqual([200, 0, 999]);
  });

  it('is ignored for HEAD', () => expect(plan({ method: 'HEAD', range: 'bytes=0-1' })).toMatchObject({ status: 200, headers: { 'content-length': '1000' } }));

  it('never plans a byte outside the file, and its length is what it says', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.option(fc.nat(6000), { nil: '' }), fc.option(fc.nat(6000), { nil: '' }), (sizeBytes, first, last) => {
        const { status, start, end, headers } = plan({ range: `bytes=${first}-${last}` }, sizeBytes);
        if (status === 416) return headers['content-length'] === undefined;
        return start >= 0 && end < sizeBytes && headers['content-length'] === String(end - start + 1) && (status === 200 || end >= start);
      }),
    );
  });
});

describe('If-Range', () => {
  const status = (ifRange: string) => plan({ range: 'bytes=5-9', ifRange }).status;
  it('sends the range while the tag or the date is the same', () => {
    expect(status('"abc"')).toBe(206);
    expect(status(stamp)).toBe(206);
  });
  it.each(['"abd"', 'W/"abc"', 'Sun, 22 Nov 2026 14:03:06 GMT', 'Sun, 22 Nov 2026 14:03:08 GMT', 'abc', ''])('sends the whole for %s', (ifRange) => expect(status(ifRange)).toBe(200));
  it('does nothing without Range', () => expect(plan({ ifRange: '"other"' }).status).toBe(200));
  it('goes before an unsatisfiable range', () => expect(plan({ range: 'bytes=5000-', ifRange: '"other"' }).status).toBe(200));
});

describe('If-None-Match and If-Modified-Since', () => {
  it.each(['"abc"', 'W/"abc"', '"x", "abc"', '"x",W/"abc"', '*'])('%s is what the client has: 304 without a length', (ifNoneMatch) => {
    const unchanged = plan({ ifNoneMatch, range: 'bytes=0-1' });
    expect(unchanged.status).toBe(304);
    expect(unchanged.headers).toMatchObject({ etag: '"abc"' });
    expect(unchanged.headers).not.toHaveProperty('content-length');
  });
  it.each(['"abd"', 'abc', '', '"a", "bc"'])('%s is not', (ifNoneMatch) => expect(plan({ ifNoneMatch }).status).toBe(200));
  it('goes by the date only where there is no tag', () => {
    expect(plan({ ifModifiedSince: stamp }).status).toBe(304);
    expect(plan({ ifModifiedSince: 'Sun, 22 Nov 2026 14:03:06 GMT' }).status).toBe(200);
    expect(plan({ ifModifiedSince: 'yesterday' }).status).toBe(200);
    expect(plan({ ifModifiedSince: stamp, ifNoneMatch: '"other"' }).status).toBe(200);
  });
});

describe('If-Match and If-Unmodified-Since', () => {
  it.each(['"abc"', '"x", "abc"', '*'])('%s holds', (ifMatch) => expect(plan({ ifMatch, range: 'bytes=0-1' }).status).toBe(206));
  it.each(['"abd"', 'W/"abc"', ''])('%s fails: 412', (ifMatch) => expect(plan({ ifMatch, range: 'bytes=0-1' })).toMatchObject({ status: 412, end: -1 }));
  it('goes by the date only where there is no tag', () => {
    expect(plan({ ifUnmodifiedSince: stamp }).status).toBe(200);
    expect(plan({ ifUnmodifiedSince: 'Sun, 22 Nov 2026 14:03:06 GMT' }).status).toBe(412);
    expect(plan({ ifUnmodifiedSince: 'Sun, 22 Nov 2026 14:03:06 GMT', ifMatch: '"abc"' }).status).toBe(200);
  });
  it('goes before If-None-Match', () => expect(plan({ ifMatch: '"other"', ifNoneMatch: '"abc"' }).status).toBe(412));
});
