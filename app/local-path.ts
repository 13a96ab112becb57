/** The path of an address of our own, to go on to after sign-in; the home page for anybody else's, so that no link of ours leads elsewhere. */
export function localPath(address: string | undefined, base: string): string {
  if (!address || !URL.canParse(address, base)) return '/';
  const url = new URL(address, base);
  // `//host` and `\\host` parse as another host, `javascript:` as another scheme.
  if (url.origin !== new URL(base).origin || url.pathname.startsWith('//')) return '/';
  if (/^\/(?:sign-in|sign-out|signed-out|api)(?:\/|$)/.test(url.pathname)) return '/';
  return `${url.pathname}${url.search}`;
}
