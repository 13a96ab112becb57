import { BlockList, isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { lookup as dnsLookup } from 'node:dns';
import { AppError } from '../errors';

/** Where Canonical's store sends downloads. */
export const CANONICAL_DOWNLOAD_ORIGINS = ['https://*.snapcraftcontent.com'];

export type OriginOptions = {
  apiUrl: string;
  dashboardUrl: string;
  /** Origins that downloads may come from beside the store's own: `https://cdn.example` or `https://*.cdn.example`. */
  allowDownloadOrigins?: string[];
  /** For a store proxy inside the operator's own network: allows private addresses and plain http. */
  allowPrivateAddresses?: boolean;
};

export type OriginGuard = {
  /** Throws AppError `store-origin` unless the operator's configuration names this origin. */
  assertAllowed(url: URL): void;
  /** Name look-up that answers only with addresses this origin may have; the address answered is the one dialled. */
  lookup: LookupFunction;
};

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Special-purpose ranges (RFC 6890 and its successors): nothing there is a public store. */
const PRIVATE = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24],
  ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const) PRIVATE.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [['::', 128], ['::1', 128], ['64:ff9b::', 96], ['64:ff9b:1::', 48], ['2002::', 16], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8]] as const) PRIVATE.addSubnet(net, bits, 'ipv6');

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
const bare = (hostname: string) => hostname.replace(/^\[(.*)\]$/, '$1');
const isLoopbackName = (hostname: string) => hostname === 'localhost' || (isIP(bare(hostname)) !== 0 && LOOPBACK.check(bare(hostname), family(bare(hostname))));

/** Throws AppError `invalid` when the configuration itself cannot be used. */
export function createOriginGuard(options: OriginOptions): OriginGuard {
  const origins = [options.apiUrl, options.dashboardUrl, ...(options.allowDownloadOrigins ?? [])].map((text) => parseOrigin(text, options));
  const loopback = new Set(origins.filter((o) => isLoopbackName(o.hostname)).map((o) => bare(o.hostname)));

  const mayDial = (hostname: string, address: string) => {
    if (LOOPBACK.check(address, family(address))) return loopback.has(hostname);
    return options.allowPrivateAddresses === true || !PRIVATE.check(address, family(address));
  };

  return {
    assertAllowed(url) {
      const named = !url.username && !url.password && origins.some((o) => matches(o, url));
      const host = bare(url.hostname);
      if (!named || (isIP(host) !== 0 && !mayDial(host, host))) {
        throw new AppError('store-origin', `The Snap Store pointed to ${url.origin}, which this console may not fetch from. If it is right, add it to the allowed download origins.`, { details: { origin: url.origin } });
      }
    },
    lookup(hostname, lookupOptions, callback) {
      dnsLookup(hostname, { ...lookupOptions, all: true }, (error, addresses) => {
        if (error) return callback(error, '', 0);
        const usable = addresses.filter(({ address }) => mayDial(hostname, address));
        const first = usable[0];
        if (!first) return callback(Object.assign(new Error(`${hostname} has only private addresses`), { code: 'EPRIVATE' }), '', 0);
        if (lookupOptions.all) return callback(null, usable);
        callback(null, first.address, first.family);
      });
    },
  };
}

type Origin = { protocol: string; hostname: string; port: string; anyLabel: boolean };

function parseOrigin(text: string, { allowPrivateAddresses }: OriginOptions): Origin {
  const anyLabel = text.includes('://*.');
  const url = URL.canParse(text.replace('://*.', '://')) ? new URL(text.replace('://*.', '://')) : undefined;
  const plainAllowed = url !== undefined && !anyLabel && (isLoopbackName(url.hostname) || allowPrivateAddresses === true);
  if (!url || url.hostname.includes('*') || !(url.protocol === 'https:' || (url.protocol === 'http:' && plainAllowed))) {
    throw new AppError('invalid', `"${text}" cannot be the address of a Snap Store: use an https address, or http on this machine alone.`);
  }
  return { protocol: url.protocol, hostname: url.hostname, port: url.port, anyLabel };
}

const matches = (o: Origin, url: URL) =>
  url.protocol === o.protocol && url.port === o.port && (o.anyLabel ? url.hostname.endsWith(`.${o.hostname}`) : url.hostname === o.hostname);
