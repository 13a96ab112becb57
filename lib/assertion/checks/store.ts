import type { Assertion } from '../assertion';
import { whyNotStoreUrl } from '../web-address';
import { breaks, optionalText, optionalTextList, requireText, requireTime } from './rules';

/** snapd asserts/store_asserts.go */
export function checkStore({ headers }: Assertion): void {
  requireText(headers, 'operator-id');
  const url = optionalText(headers, 'url');
  const why = url === '' ? undefined : whyNotStoreUrl(url);
  if (why) breaks('url', why);
  optionalTextList(headers, 'friendly-stores');
  optionalText(headers, 'location');
  requireTime(headers, 'timestamp');
}
