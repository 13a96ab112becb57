import { describe, expect, it } from 'vitest';
import { redactText } from './redact';

const clean = (text: string) => redactText(text);

describe('a log line', () => {
  it.each([
    ['/s/abc?t=hunter2hunter2', '/s/abc?t=[redacted]'],
    ['/s/abc/download/x.img?t=hunter2&x=1', '/s/abc/download/x.img?t=[redacted]&x=1'],
    ['/api/auth/callback/oidc?code=c0de&state=st4te', '/api/auth/callback/oidc?code=[redacted]&state=[redacted]'],
    ['http://op/session/end?id_token_hint=eyJ.eyJ.sig&client_id=imprint', 'http://op/session/end?id_token_hint=[redacted]&client_id=imprint'],
    ['{"url":"/s/abc?t=hunter2","x":1}', '{"url":"/s/abc?t=[redacted]","x":1}'],
    ['authorization: Bearer abcdefgh.ijkl', 'authorization: Bearer [redacted]'],
    [`{"sent":"imprint_${'aB3_-'.repeat(8)}xyz"}`, '{"sent":"[redacted]"}'],
    ['Macaroon root=abcdefgh', 'Macaroon [redacted]'],
    ['connect postgres://imprint:s3cret@127.0.0.1:5432/imprint failed', 'connect postgres://imprint:[redacted]@127.0.0.1:5432/imprint failed'],
    ['next-auth.session-token=eyJhbGciOi.x.y; a=b', 'next-auth.session-token=[redacted]; a=b'],
    ['__Secure-next-auth.session-token.1=abc', '__Secure-next-auth.session-token.1=[redacted]'],
  ])('%s loses its secret', (line, expected) => expect(clean(line)).toBe(expected));

  it.each(['/acme/models?q=kiosk&status=done', '/acme/builds?after=12', 'at 14:03:07 by ada@acme.example', 'http://localhost:3000/acme', 'Bearer x', '/var/lib/imprint_data/logs'])('%s stays as it is', (line) => expect(clean(line)).toBe(line));

  it('shows no secret of the environment, wherever it stands', () => {
    expect(redactText('failed with s3cr3t-value and again s3cr3t-value!', ['s3cr3t-value'])).toBe('failed with [redacted] and again [redacted]!');
  });
  it('does not take a short value for a secret: it would blot out words', () => expect(redactText('a test', ['a'])).toBe('a test'));
});
