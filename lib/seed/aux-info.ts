import { goString } from '../assertion/json-body';
import { compareBytes, utf8 } from '../bytes';

/** What the store says of a snap beside its assertions. */
export type AuxInfo = { private: boolean; contact: string; links: Record<string, string[]> };

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
