import { goString } from '../assertion/json-body';
import { compareBytes, utf8 } from '../bytes';
import { normalizeLinks, type Links } from '../snap/links';

/** What the store says of a snap beside its assertions, in the form in which it is seeded. */
export type AuxInfo = { private: boolean; /** The first of the links of that kind; empty for none. */ contact: string; links: Links };

/** What a store said, and what the snap itself says: the store's links count where it has any (snapd snap/info.go, store/details_v2.go). */
export function auxInfoOf(store: { private: boolean; contact: string; website: string; links: Links }, ownLinks: Links): AuxInfo {
  const given = Object.keys(store.links).length > 0 ? normalizeLinks(store.links) : undefined;
  const links = given && Object.keys(given).length > 0 ? given : normalizeLinks({ contact: [store.contact], ...(given === undefined && { website: [store.website] }) }, ownLinks);
  return { private: store.private, contact: links['contact']?.[0] ?? '', links };
}

/** `aux-info.json`, byte for byte as snapd writes it (snapd seed/internal/aux_info20.go); undefined when there is nothing to say. */
export function writeAuxInfo(snaps: Iterable<{ snapId: string; auxInfo: AuxInfo }>): Uint8Array | undefined {
  const entries = [...snaps].flatMap(({ snapId, auxInfo }): [string, string][] => {
    const links = Object.entries(auxInfo.links).filter(([, urls]) => urls.length > 0);
    if (!auxInfo.private && links.length === 0) return [];
    const parts = [
      auxInfo.private ? '"private":true' : '',
      links.length > 0 ? `"links":${goMap(links.map(([kind, urls]) => [kind, `[${urls.map(goString).join(',')}]`]))}` : '',
      auxInfo.contact ? `"contact":${goString(auxInfo.contact)}` : '',
    ];
    return [[snapId, `{${parts.filter(Boolean).join(',')}}`]];
  });
  return entries.length === 0 ? undefined : utf8(`${goMap(entries)}\n`);
}

/** A map on one line, its keys in byte order; the values are JSON already. */
const goMap = (entries: [key: string, json: string][]): string => `{${[...entries].sort(([a], [b]) => compareBytes(a, b)).map(([key, json]) => `${goString(key)}:${json}`).join(',')}}`;
