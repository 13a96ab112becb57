import type { Assertion, Headers } from '../assertion';
import { ACCOUNT_ID, isSnapName, MIXED_NAME } from '../scalars';
import type { Pattern } from '../scalars';
import { GO_ZERO_TIME } from './account';
import { breaks, optionalCount, optionalFlag, optionalMap, optionalMapList, optionalTextList, optionalTime, requireCount, requireDigest, requireMatch, requireSize, requireText, requireTime } from './rules';

const ALIAS = /^[a-zA-Z0-9][-_.a-zA-Z0-9]*$/;
const PROVENANCE = 'a provenance: letters, digits and single inner hyphens';

/** snapd asserts/snap_asserts.go. The rules of interfaces are kept as they are, unread. */
export function checkSnapDeclaration({ headers }: Assertion): void {
  if (headers['snap-name'] !== '') requireText(headers, 'snap-name');
  requireText(headers, 'publisher-id');
  requireTime(headers, 'timestamp');
  optionalTextList(headers, 'refresh-control');
  optionalMap(headers, 'plugs');
  optionalMap(headers, 'slots');
  optionalTextList(headers, 'auto-aliases', ALIAS);
  checkAliases(headers);
  checkRevisionAuthority(headers);
}

function checkAliases(headers: Headers): void {
  const seen = new Set<string>();
  optionalMapList(headers, 'aliases').forEach((alias, i) => {
    const at = `aliases[${i}]`;
    const name = requireMatch(alias, 'name', ALIAS, 'an alias', at);
    requireMatch(alias, 'target', MIXED_NAME, 'the name of an app', at);
    if (seen.has(name)) breaks(`${at}.name`, 'stands there twice');
    seen.add(name);
  });
}

const BRAND_AND_MODEL: Pattern = { test: (text) => MIXED_NAME.test(text.slice(text.indexOf('/') + 1)) && ACCOUNT_ID.test(text.slice(0, Math.max(0, text.indexOf('/')))) };

function checkRevisionAuthority(headers: Headers): void {
  if (headers['revision-authority'] === undefined) return;
  const list = optionalMapList(headers, 'revision-authority');
  if (list.length === 0) breaks('revision-authority', 'cannot be empty');
  list.forEach((entry, i) => {
    const at = `revision-authority[${i}]`;
    requireMatch(entry, 'account-id', ACCOUNT_ID, 'an account id', at);
    if (optionalTextList(entry, 'provenance', MIXED_NAME, at).length === 0) breaks(`${at}.provenance`, 'cannot be empty');
    const min = optionalCount(entry, 'min-revision', at) ?? 1n;
    const max = optionalCount(entry, 'max-revision', at);
    if (max !== undefined && max < min) breaks(`${at}.max-revision`, 'cannot be below "min-revision"');
    optionalTextList(entry, 'on-store', /^[-A-Z0-9a-z_]+$/, at);
    optionalTextList(entry, 'on-brand', ACCOUNT_ID, at);
    optionalTextList(entry, 'on-model', BRAND_AND_MODEL, at);
  });
}

export function checkSnapRevision({ headers }: Assertion): void {
  requireDigest(headers, 'snap-sha3-384');
  requireMatch(headers, 'provenance', MIXED_NAME, PROVENANCE);
  requireText(headers, 'snap-id');
  requireSize(headers, 'snap-size');
  requireCount(headers, 'snap-revision');
  requireText(headers, 'developer-id');
  requireTime(headers, 'timestamp');
  checkIntegrity(headers);
}

function checkIntegrity(headers: Headers): void {
  optionalMapList(headers, 'integrity').forEach((data, i) => {
    const at = `integrity[${i}]`;
    requireMatch(data, 'type', /^dm-verity$/, '"dm-verity"', at);
    if (requireSize(data, 'version', at) !== 1n) breaks(`${at}.version`, 'should be 1');
    requireMatch(data, 'hash-algorithm', /^sha256$/, '"sha256"', at);
    requireSize(data, 'data-block-size', at);
    requireSize(data, 'hash-block-size', at);
    requireMatch(data, 'digest', /^[0-9a-fA-F]{64}$/, '32 bytes in hexadecimal', at);
    requireMatch(data, 'salt', /^[0-9a-fA-F]{64}$/, '32 bytes in hexadecimal', at);
  });
}

/** snapd asserts/snap_resource_asserts.go */
export function checkSnapResourceRevision({ headers }: Assertion): void {
  requireText(headers, 'snap-id');
  requireMatch(headers, 'resource-name', isSnapName, 'the name of a resource');
  requireDigest(headers, 'resource-sha3-384');
  requireMatch(headers, 'provenance', MIXED_NAME, PROVENANCE);
  requireSize(headers, 'resource-size');
  requireCount(headers, 'resource-revision');
  requireText(headers, 'developer-id');
  requireTime(headers, 'timestamp');
  checkIntegrity(headers);
}

export function checkSnapResourcePair({ headers }: Assertion): void {
  requireText(headers, 'snap-id');
  requireMatch(headers, 'resource-name', isSnapName, 'the name of a resource');
  requireCount(headers, 'resource-revision');
  requireCount(headers, 'snap-revision');
  requireMatch(headers, 'provenance', MIXED_NAME, PROVENANCE);
  requireText(headers, 'developer-id');
  requireTime(headers, 'timestamp');
}

export function checkSnapBuild({ headers }: Assertion): void {
  requireDigest(headers, 'snap-sha3-384');
  requireText(headers, 'snap-id');
  requireText(headers, 'grade');
  requireSize(headers, 'snap-size');
  requireTime(headers, 'timestamp');
}

export function checkValidation({ headers }: Assertion): void {
  requireCount(headers, 'approved-snap-revision');
  optionalFlag(headers, 'revoked');
  requireTime(headers, 'timestamp');
}

export function checkSnapDeveloper({ headers }: Assertion): void {
  const revoked = new Map<string, boolean>();
  optionalMapList(headers, 'developers').forEach((developer, i) => {
    const at = `developers[${i}]`;
    const id = requireMatch(developer, 'developer-id', ACCOUNT_ID, 'an account id', at);
    const since = requireTime(developer, 'since', at);
    const until = optionalTime(developer, 'until', at) ?? GO_ZERO_TIME;
    if (until !== GO_ZERO_TIME && until < since) breaks(`${at}.until`, 'cannot be before "since"');
    // A time of no length takes the developer's rights away, and stands alone.
    if (revoked.has(id) && (revoked.get(id) || since === until)) breaks(at, `cannot stand beside another entry of ${id}: one of them revokes`);
    revoked.set(id, since === until);
  });
}

export function checkBaseDeclaration({ headers }: Assertion): void {
  optionalMap(headers, 'plugs');
  optionalMap(headers, 'slots');
  requireTime(headers, 'timestamp');
}
