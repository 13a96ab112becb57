/** A header value: string, list or map of the same (snapd asserts/headers.go). */
export type HeaderValue = string | HeaderValue[] | HeaderMap;
/** Maps and headers have no prototype, so that a header named `constructor` is only a header. */
export type HeaderMap = { [name: string]: HeaderValue };
export type Headers = HeaderMap;

/** An assertion as read: the exact signed bytes are kept, and whatever is verified or written is those bytes. */
export type Assertion = {
  type: string;
  /** `format` header, 0 when absent. */
  format: number;
  /** `revision` header, 0 when absent. */
  revision: number;
  /** undefined for the types without authority. */
  authorityId: string | undefined;
  /** Values of the type's primary key, in order, optional ones with their default. */
  primaryKey: string[];
  signKeyId: string;
  headers: Headers;
  body: Uint8Array;
  /** What the signature is over: from the first header to the end of the body. */
  content: Uint8Array;
  /** The signature's text, without the blank line before it. */
  signature: Uint8Array;
};

/** `type/primary key` joined by `/`: one assertion's identity, whatever its revision. */
export const assertionRef = (a: Pick<Assertion, 'type' | 'primaryKey'>): string => [a.type, ...a.primaryKey].join('/');
