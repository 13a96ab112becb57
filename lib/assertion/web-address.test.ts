import { describe, expect, it } from 'vitest';
import { whyNotStoreUrl } from './web-address';

describe('the address of a store', () => {
  it.each(['http://x.y', 'https://x.y/', 'HTTP://X', 'http://x?', 'http://x/?', 'https://x/#', 'http://[::1]', 'http://[fe80::1%25en0]', 'http://x:99999', 'http://x:', 'http://u:p@x', 'http://u@x', 'http://x/%41', 'http://é', 'http://:80', 'http://a_b', 'http://x/a b', 'http://x/{a}', 'http://<x>'])('may be %s', (text) => expect(whyNotStoreUrl(text)).toBeUndefined());

  it.each(['x', 'http:x', '//x', 'http://', 'http:///', 'ftp://x', 'mailto:x', 'http://x?q', 'http://x#f', 'http://x y', ' http://x', 'http://x ', 'http://[::1', 'http://x:ab', 'http://x/%zz', 'http://%41', 'http://x\\y', 'http://x/\u0007', 'http://x\ny', 'http://x|y', 'http://[fe80::1%en0]', 'http://u @x', 'http://u@'])('is not %j', (text) => expect(whyNotStoreUrl(text)).toMatch(/./));
});
