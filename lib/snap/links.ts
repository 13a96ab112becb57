/** Links of a snap by their kind: `contact`, `website` and so on. */
export type Links = Record<string, string[]>;

const KIND = /^[a-zA-Z](?:-?[a-zA-Z0-9])*$/;
/** What Go's net/url does not parse, as far as links go: control characters, escapes that are none, a scheme without a name. */
const UNPARSABLE = /[\0-\x1f\x7f]|%(?![0-9A-Fa-f]{2})|^:/;

/** A link as snapd keeps it, an address without a scheme being one of e-mail; undefined for what is none (snapd snap/info.go, addLink). */
function normalizeLink(link: string): string | undefined {
  if (link === '' || UNPARSABLE.test(link)) return undefined;
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(link)?.[1]?.toLowerCase();
  if (scheme === 'http' || scheme === 'https') return link;
  if (scheme !== undefined && scheme !== 'mailto') return undefined;
  const mail = scheme === undefined ? `mailto:${link}` : link;
  return mail.includes('@') ? mail : undefined;
}

/** Several sources of links as one, each link once, what is no link left out. */
export function normalizeLinks(...sources: readonly Links[]): Links {
  const links: Links = Object.create(null);
  for (const source of sources) {
    for (const [kind, list] of Object.entries(source)) {
      if (!KIND.test(kind)) continue;
      for (const link of list) {
        const normal = normalizeLink(link);
        if (normal !== undefined && !links[kind]?.includes(normal)) (links[kind] ??= []).push(normal);
      }
    }
  }
  return links;
}
