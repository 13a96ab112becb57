import { describe, expect, it } from 'vitest';
import { isEmail } from './email';

describe('an e-mail address', () => {
  it.each(['foo@example.com', 'Foo <foo@x>', '"a b"@x', 'a@[1.2.3.4]', 'a@[::1]', 'Foo Bar <a@b>', '"Foo" <a@b>', '<a@b>', ' a@b ', 'é@x', 'a@é', 'a@b (c)', 'Foo. Bar <a@b>', '=?utf-8?q?x?= <a@b>', "a'b@c", '"a\\"b"@c', 'a@-b', 'a@b_c', 'g:a@b;', '"" <a@b>', 'a@ b', 'Foo (x) <a@b>'])('may be %s', (text) =>
    expect(isEmail(text)).toBe(true),
  );

  it.each(['', 'foo', '@x', 'a@', 'a b@x', 'a@b@c', 'a.@b', '.a@b', 'a..b@c', 'a@b.', 'a@[x', 'a@[x]', 'a@[1.2.3]', 'a@[01.2.3.4]', 'a@[:::]', 'a(c)@b', '(c) a@b', 'Foo, <a@b>', 'a@b, c@d', 'g:;', 'g:a@b,c@d;', 'a @b', 'a\n@b', 'a@b>', '<a@b', 'x <a@b> y', '""@x', '=?x?q?x?= <a@b>', 'a@b (c', '"a@b', '"a\u0007"@b'])('is not %j', (text) =>
    expect(isEmail(text)).toBe(false),
  );
});
