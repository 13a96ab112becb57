import type { Assertion } from '../assertion';
import { fromUtf8 } from '../../bytes';
import { HEADER_NAME } from '../scalars';
import { breaks, optionalMap, optionalText, requireMatch, requireTime } from './rules';

/** snapd asserts/confdb.go. The language of views and of the storage schema is kept as it is, unread. */
export function checkConfdbSchema({ headers, authorityId, body }: Assertion): void {
  const account = headers['account-id'];
  if (account === 'system') {
    if (authorityId !== 'canonical') breaks('authority-id', 'should be "canonical": only Canonical signs schemas of the account "system"');
  } else if (account !== authorityId) breaks('authority-id', 'should be the same as "account-id": a confdb schema is signed by its account');
  requireMatch(headers, 'name', HEADER_NAME, 'a name: lower-case letters, digits and single inner hyphens, a letter first');
  const views = optionalMap(headers, 'views') ?? breaks('views', 'is missing');
  if (Object.keys(views).length === 0) breaks('views', 'should name at least one view');
  optionalText(headers, 'summary');
  const content: unknown = JSON.parse(fromUtf8(body) ?? 'null');
  if (typeof content !== 'object' || content === null || !Object.hasOwn(content, 'storage')) breaks('body-length', 'counts a body that should have "storage"');
  requireTime(headers, 'timestamp');
}
