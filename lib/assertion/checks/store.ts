import type { Assertion } from '../assertion';
import { breaks, optionalText, optionalTextList, requireText, requireTime } from './rules';

/** snapd asserts/store_asserts.go */
export function checkStore({ headers }: Assertion): void {
  requireText(headers, 'operator-id');
  const url = optionalText(headers, 'url');
  if (url !== '' && !(/^https?:\/\/[^/?#\s]+[^?#]*\??#?$/i.test(url) && isUrl(url))) breaks('url', 'should be an http or https address without query and fragment');
  optionalTextList(headers, 'friendly-stores');
  optionalText(headers, 'location');
  requireTime(headers, 'timestamp');
}

function isUrl(text: string): boolean {
  try {
    return new URL(text).host !== '';
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
