import { schemeOf } from './go-url';

/** Links of a snap by their kind: `contact`, `website` and so on. */
export type Links = Record<string, string[]>;

const KIND = /^[a-zA-Z](?:-?[a-zA-Z0-9])*$/;

/** A link as snapd keeps it, an address without a scheme being one of e-mail; undefined for what is none (snapd snap/info.go, addLink). */
function normalizeLink(link: string): string | undefined {
  const scheme = link === '' ? undefined : schemeOf(link);
  if (scheme === 'http' || scheme === 'https') return link;
  if (scheme !== '' && scheme !== 'mailto') return undefined;
  const mail = scheme === '' ? `mailto:${link}` : link;
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

/** Why the links of a snap.yaml are none, as a sentence; undefined where they are (snapd snap/validate.go, ValidateLinks). Stricter than what becomes of a store's. */
export function whyNotLinks(links: ReadonlyMap<string, readonly string[]>): string | undefined {
  for (const [kind, list] of links) {
    if (!KIND.test(kind)) return `"${kind.slice(0, 40)}" is no kind of link: it starts with a letter and goes on with letters, digits and single hyphens.`;
    if (list.length === 0) return `${kind} is there and has no link; leave it out.`;
    const odd = list.find((link) => normalizeLink(link) === undefined);
    if (odd !== undefined) return `${kind} has ${JSON.stringify(odd.slice(0, 80))}, which is neither an http or https URL nor an e-mail address.`;
  }
  return undefined;
}
