import type { HeaderMap, Headers } from '../assertion/assertion';

/** A model's headers as its author edits them, without those of SET_BY_IMPRINT. */
export type DraftHeaders = HeaderMap;

/** What no author writes: it follows from the brand, or is set when the model is signed. */
export const SET_BY_IMPRINT = ['type', 'authority-id', 'series', 'brand-id', 'revision', 'timestamp', 'body-length', 'sign-key-sha3-384'] as const;

export type Signing = { brandId: string; revision?: number | string; timestamp?: string };

/** The headers to sign, in no special order; whatever else the draft has stays. Keys that an author may not set are overwritten or left out. */
export function draftToHeaders(draft: DraftHeaders, { brandId, revision, timestamp }: Signing): Headers {
  const headers: Headers = Object.assign(Object.create(null), headersToDraft(draft));
  headers.type = 'model';
  headers['authority-id'] = brandId;
  headers.series = '16';
  headers['brand-id'] = brandId;
  if (revision !== undefined && String(revision) !== '0') headers.revision = String(revision);
  if (timestamp !== undefined) headers.timestamp = timestamp;
  return headers;
}

/** What an author may edit of a model's headers: a copy, down to its leaves. */
export function headersToDraft(headers: Headers): DraftHeaders {
  const draft: DraftHeaders = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name === '__proto__' || SET_BY_IMPRINT.includes(name as (typeof SET_BY_IMPRINT)[number])) continue;
    draft[name] = structuredClone(value);
  }
  return draft;
}
