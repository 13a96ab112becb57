import type { Assertion } from '../assertion';
import { fromUtf8 } from '../../bytes';
import { HEADER_NAME } from '../scalars';
import { checkViews } from './confdb-views';
import { breaks, optionalMap, optionalText, requireMatch, requireTime } from './rules';

/** snapd asserts/confdb.go. The storage schema is not judged: it is read as far as the views need it. */
export function checkConfdbSchema({ headers, authorityId, body }: Assertion): void {
  const account = headers['account-id'];
  if (account === 'system') {
    if (authorityId !== 'canonical') breaks('authority-id', 'should be "canonical": only Canonical signs schemas of the account "system"');
  } else if (account !== authorityId) breaks('authority-id', 'should be the same as "account-id": a confdb schema is signed by its account');
  requireMatch(headers, 'name', HEADER_NAME, 'a name: lower-case letters, digits and single inner hyphens, a letter first');
  const views = optionalMap(headers, 'views') ?? breaks('views', 'is missing');
  optionalText(headers, 'summary');
  const content = JSON.parse(fromUtf8(body) ?? 'null') as { storage?: unknown } | null;
  if (typeof content !== 'object' || content === null || !Object.hasOwn(content, 'storage')) breaks('body-length', 'counts a body that should have "storage"');
  checkViews(views, content.storage);
  requireTime(headers, 'timestamp');
}
