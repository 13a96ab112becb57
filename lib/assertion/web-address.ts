const HOST_CHARACTERS = /^[A-Za-z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\u{10ffff}%]*$/u;
const USER_CHARACTERS = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/;
/** Escaped in a zone: all but the percent sign, a space and what may stand in a host as it is. */
const STRANGE_IN_ZONE = new RegExp(`%(?!25|20|${hostBytes().join('|')})`, 'i');
const BROKEN_ESCAPE = /%(?![0-9A-Fa-f]{2})/;

/** In hexadecimal: what HOST_CHARACTERS has of ASCII, but the percent sign. */
function hostBytes(): string[] {
  const codes = Array.from({ length: 0x80 }, (_, code) => code);
  return codes.filter((code) => code !== 0x25 && HOST_CHARACTERS.test(String.fromCharCode(code))).map((code) => code.toString(16).padStart(2, '0'));
}

/**
 * Why Go's net/url, or snapd after it, would not take it as a store's address (snapd asserts/store_asserts.go): half a sentence; undefined when they would.
 * An empty query or fragment is none.
 */
export function whyNotStoreUrl(text: string): string | undefined {
  const [address, fragment = ''] = cut(text, '#');
  if (/[\0-\x1f\x7f]/.test(address)) return 'holds a control character';
  if (BROKEN_ESCAPE.test(fragment)) return 'holds a broken %-escape';
  const [scheme, rest] = cut(address, ':');
  if (!/^https?$/i.test(scheme)) return 'should begin with http:// or https://';
  const [place, query = ''] = cut(rest ?? '', '?');
  if (!place.startsWith('//')) return 'should name a host';
  const [authority, path = ''] = cut(place.slice(2), '/');
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const wrong = whyNotHost(host) ?? (at < 0 ? undefined : whyNotUser(authority.slice(0, at)));
  if (wrong) return wrong;
  if (BROKEN_ESCAPE.test(path)) return 'holds a broken %-escape';
  if (host === '') return 'should name a host';
  if (query !== '') return 'cannot have a query';
  if (fragment !== '') return 'cannot have a fragment';
  return undefined;
}

function cut(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function whyNotUser(user: string): string | undefined {
  if (!USER_CHARACTERS.test(user)) return 'has characters in its user name that do not belong there';
  return BROKEN_ESCAPE.test(user) ? 'holds a broken %-escape' : undefined;
}

function whyNotHost(host: string): string | undefined {
  let named = host;
  let zone = '';
  if (host.startsWith('[')) {
    const close = host.lastIndexOf(']');
    if (close < 0 || !/^(?::\d*)?$/.test(host.slice(close + 1))) return 'has a host that is not closed by "]" and a port';
    // The zone of an address, after %25, may be escaped as it likes (RFC 6874).
    const percent = host.slice(0, close).indexOf('%25');
    if (percent >= 0) {
      zone = host.slice(percent, close);
      named = host.slice(0, percent) + host.slice(close);
    }
  } else if (/:[^:]*$/.test(host) && !/:\d*$/.test(host)) return 'has a port that is no number';
  if (BROKEN_ESCAPE.test(host)) return 'holds a broken %-escape';
  if (!HOST_CHARACTERS.test(host)) return 'has characters in its host that do not belong there';
  // Elsewhere in a host only bytes beyond ASCII, and the percent sign, may be escaped.
  if (/%(?!25)[0-7]/.test(named)) return 'has an escaped ASCII character in its host';
  return STRANGE_IN_ZONE.test(zone) ? 'has a zone in its host that does not belong there' : undefined;
}
