/** Go's net/url, as far as whether it reads a text goes: it decides which links of a snap count. */

const CONTROL = /[\0-\x1f\x7f]/;
const ESCAPES = /^(?:[^%]|%[0-9A-Fa-f]{2})*$/;
/** Of a host only bytes beyond ASCII are escaped, and the percent sign. */
const HOST = /^(?:[a-zA-Z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\u{10ffff}]|%25|%[89a-fA-F][0-9A-Fa-f])*$/u;
/** Behind the `%25` of an IPv6 address. */
const ZONE = /^(?:[a-zA-Z0-9\-_.~!$&'()*+,;=:[\]<>"\u0080-\u{10ffff}]|%[0-9A-Fa-f]{2})*$/u;
const USER = /^(?:[a-zA-Z0-9\-._:~!$&'()*+,;=@]|%[0-9A-Fa-f]{2})*$/;
const PORT = /^(?::\d*)?$/;

function isHost(host: string): boolean {
  if (!host.startsWith('[')) {
    const colon = host.lastIndexOf(':');
    return (colon < 0 || PORT.test(host.slice(colon))) && HOST.test(host);
  }
  const end = host.lastIndexOf(']');
  if (end < 0 || !PORT.test(host.slice(end + 1))) return false;
  const zone = host.slice(0, end).indexOf('%25');
  return zone < 0 ? HOST.test(host) : HOST.test(host.slice(0, zone)) && ZONE.test(host.slice(zone, end)) && isZoneEscaped(host.slice(zone, end));
}

/** A zone escapes what a host could hold as it is, a space, and the percent sign. */
const isZoneEscaped = (zone: string): boolean =>
  [...zone.matchAll(/%([0-9A-Fa-f]{2})/g)].every(([, digits]) => {
    const code = Number.parseInt(digits!, 16);
    return code === 0x25 || code === 0x20 || /[a-zA-Z0-9\-_.~!$&'()*+,;=:[\]<>"]/.test(String.fromCharCode(code));
  });

function isAuthority(authority: string): boolean {
  const sign = authority.lastIndexOf('@');
  return isHost(authority.slice(sign + 1)) && (sign < 0 || USER.test(authority.slice(0, sign)));
}

/** Its scheme in lower case, empty where it has none; undefined for a text that is no URL (Go net/url, Parse). */
export function schemeOf(text: string): string | undefined {
  const hash = text.indexOf('#');
  const [whole, fragment] = hash < 0 ? [text, ''] : [text.slice(0, hash), text.slice(hash + 1)];
  if (!ESCAPES.test(fragment) || CONTROL.test(whole)) return undefined;
  if (whole === '*') return '';
  if (whole.startsWith(':')) return undefined;
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(whole)?.[1] ?? '';
  const rest = (scheme === '' ? whole : whole.slice(scheme.length + 1)).split('?')[0]!;
  if (!rest.startsWith('/')) {
    if (scheme !== '') return scheme.toLowerCase();
    return rest.split('/')[0]!.includes(':') || !ESCAPES.test(rest) ? undefined : '';
  }
  if (!rest.startsWith('//') || (scheme === '' && rest.startsWith('///'))) return ESCAPES.test(rest) ? scheme.toLowerCase() : undefined;
  const [, authority = '', path = ''] = /^\/\/([^/]*)([\s\S]*)$/.exec(rest)!;
  return isAuthority(authority) && ESCAPES.test(path) ? scheme.toLowerCase() : undefined;
}
