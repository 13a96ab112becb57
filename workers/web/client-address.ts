import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';

/** Tells whether an address is one of the given addresses and networks. */
export function matcher(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** IPv4 as IPv4, however the socket was opened. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/**
 * Where a request really comes from: the peer, or behind trusted proxies the last address of X-Forwarded-For that none of them added.
 * Everything further left could have been made up by the client.
 */
export function clientAddress(request: Pick<IncomingMessage, 'socket' | 'headers'>, isTrusted: (address: string) => boolean): string {
  let address = plain(request.socket.remoteAddress ?? '');
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',').map((part) => plain(part.trim()));
  while (isTrusted(address)) {
    const before = forwarded.pop();
    if (!before || isIP(before) === 0) break;
    address = before;
  }
  return address;
}

/** What a limit counts by: an IPv6 customer has a whole /64. */
export function limitKey(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%')[0]!.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail ? tail.split(':') : [];
  const groups = tail === undefined ? left : [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right];
  return groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
