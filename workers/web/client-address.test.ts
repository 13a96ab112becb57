import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientAddress, limitKey, matcher } from './client-address';

const from = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;
const nobody = matcher([]);
const proxies = matcher(['10.0.0.0/8', '192.0.2.1', 'fd00::/8']);

describe('where a request comes from', () => {
  it('is the peer, whatever it says, when no proxy is trusted', () => expect(clientAddress(from('203.0.113.9', '1.2.3.4'), nobody)).toBe('203.0.113.9'));
  it('is the peer, whatever it says, when it is no proxy of ours', () => expect(clientAddress(from('203.0.113.9', '1.2.3.4'), proxies)).toBe('203.0.113.9'));
  it('is what a trusted proxy saw', () => expect(clientAddress(from('10.1.2.3', '198.51.100.7'), proxies)).toBe('198.51.100.7'));
  it('is what the outermost trusted proxy saw, not what the client claims', () => expect(clientAddress(from('10.1.2.3', '1.2.3.4, 198.51.100.7, 192.0.2.1'), proxies)).toBe('198.51.100.7'));
  it('stays the proxy when it says nothing that is an address', () => {
    for (const forwarded of [undefined, '', 'unknown', '198.51.100.7, evil']) expect(clientAddress(from('10.1.2.3', forwarded), proxies)).toBe('10.1.2.3');
  });
  it('is IPv4 where IPv4 came through an IPv6 socket', () => {
    expect(clientAddress(from('::ffff:203.0.113.9'), nobody)).toBe('203.0.113.9');
    expect(clientAddress(from('::ffff:10.0.0.1', '::ffff:198.51.100.7'), proxies)).toBe('198.51.100.7');
  });
  it('goes by IPv6 networks as well', () => expect(clientAddress(from('fd00::1', '2001:db8::9'), proxies)).toBe('2001:db8::9'));
});

describe('what a limit counts by', () => {
  it('is an IPv4 address', () => expect(limitKey('203.0.113.9')).toBe('203.0.113.9'));
  it.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:0db8:0000:0000:ffff::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
  ])('is the /64 of %s', (address, key) => expect(limitKey(address)).toBe(key));
});
