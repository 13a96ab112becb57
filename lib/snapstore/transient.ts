/** Codes of the AppErrors that this room throws. */
export type SnapStoreErrorCode =
  | 'store-unreachable'
  | 'store-auth'
  | 'store-auth-expired'
  | 'store-refused'
  | 'store-origin'
  | 'snap-unknown'
  | 'channel-unknown'
  | 'snap-digest'
  | 'snap-size'
  | 'disk-full';

/**
 * Which failures may go away by themselves, so that the same build tried again later can succeed.
 * A wrong digest or size is not one of them: the download was already repeated once when it is thrown.
 */
export const TRANSIENT: Record<SnapStoreErrorCode, boolean> = {
  'store-unreachable': true,
  'store-auth': false,
  'store-auth-expired': false,
  'store-refused': false,
  'store-origin': false,
  'snap-unknown': false,
  'channel-unknown': false,
  'snap-digest': false,
  'snap-size': false,
  'disk-full': false,
};

/** False for every code that is not this room's. */
export const isTransient = (code: string): boolean => Object.hasOwn(TRANSIENT, code) && TRANSIENT[code as SnapStoreErrorCode];
