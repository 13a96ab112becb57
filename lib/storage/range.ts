/** The headers of a request that decide which bytes are sent, as node gives them. */
export type Conditions = { method: string; range?: string; ifRange?: string; ifMatch?: string; ifNoneMatch?: string; ifModifiedSince?: string; ifUnmodifiedSince?: string };

/** What is being asked for. `etag` is strong, with its quotes; the bytes under it never change. */
export type Representation = { sizeBytes: number; etag: string; lastModified: Date };

/** `start` to `end`, both inclusive, are sent with 200 and 206 (none when `end < start`); nothing with the other statuses. */
export type RangePlan = { status: 200 | 206 | 304 | 412 | 416; start: number; end: number; headers: Record<string, string> };

/** The status, bytes and headers of an answer, in the order of RFC 9110 13.2.2. One range at most: several are answered with the whole, as 14.2 allows. */
export function planRange(asked: Conditions, what: Representation): RangePlan {
  const headers = { etag: what.etag, 'last-modified': what.lastModified.toUTCString(), 'accept-ranges': 'bytes' };
  const nothing = (status: 304 | 412 | 416, more: Record<string, string> = {}): RangePlan => ({ status, start: 0, end: -1, headers: { ...headers, ...more } });

  if (failsPrecondition(asked, what)) return nothing(412);
  if (isUnchanged(asked, what)) return nothing(304);

  const whole: RangePlan = { status: 200, start: 0, end: what.sizeBytes - 1, headers: { ...headers, 'content-length': String(what.sizeBytes) } };
  // RFC 9110 14.2: Range is defined for GET only.
  if (asked.method !== 'GET' || asked.range === undefined || !holdsIfRange(asked.ifRange, what)) return whole;
  const range = parseRange(asked.range, what.sizeBytes);
  if (range === 'ignored') return whole;
  if (range === 'unsatisfiable') return nothing(416, { 'content-range': `bytes */${what.sizeBytes}` });
  return { status: 206, ...range, headers: { ...headers, 'content-range': `bytes ${range.start}-${range.end}/${what.sizeBytes}`, 'content-length': String(range.end - range.start + 1) } };
}

function parseRange(header: string, sizeBytes: number): { start: number; end: number } | 'ignored' | 'unsatisfiable' {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/i.exec(header.trim()) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return 'ignored';
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? 'unsatisfiable' : { start: sizeBytes - length, end: sizeBytes - 1 };
  }
  const start = Number(first);
  if (last !== '' && Number(last) < start) return 'ignored';
  if (start >= sizeBytes) return 'unsatisfiable';
  return { start, end: last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1) };
}

const tagsOf = (header: string): string[] => header.match(/(?:W\/)?"[^"]*"/g) ?? [];
const weakly = (tag: string): string => tag.replace(/^W\//, '');
const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);
const parseDate = (header: string | undefined): number | undefined => {
  const time = header === undefined ? Number.NaN : Date.parse(header);
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
};

function failsPrecondition({ ifMatch, ifUnmodifiedSince }: Conditions, { etag, lastModified }: Representation): boolean {
  // Strong comparison: a weak tag never matches.
  if (ifMatch !== undefined) return ifMatch.trim() !== '*' && !tagsOf(ifMatch).includes(etag);
  const since = parseDate(ifUnmodifiedSince);
  return since !== undefined && secondsOf(lastModified) > since;
}

function isUnchanged({ ifNoneMatch, ifModifiedSince }: Conditions, { etag, lastModified }: Representation): boolean {
  if (ifNoneMatch !== undefined) return ifNoneMatch.trim() === '*' || tagsOf(ifNoneMatch).map(weakly).includes(etag);
  const since = parseDate(ifModifiedSince);
  return since !== undefined && secondsOf(lastModified) <= since;
}

function holdsIfRange(ifRange: string | undefined, { etag, lastModified }: Representation): boolean {
  if (ifRange === undefined) return true;
  const value = ifRange.trim();
  if (value.startsWith('"') || value.startsWith('W/')) return value === etag;
  return parseDate(value) === secondsOf(lastModified);
}
