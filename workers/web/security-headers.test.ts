import { describe, expect, it } from 'vitest';
import { securityHeaders } from './security-headers';

const policyOf = (path: string) => securityHeaders({ nonce: 'bm9uY2U=', path, https: false })['content-security-policy']!;

describe('security headers', () => {
  it('let only scripts with this answer’s nonce run, and nobody frame a page', () => {
    expect(policyOf('/acme')).toContain("script-src 'self' 'nonce-bm9uY2U=' 'strict-dynamic'");
    expect(policyOf('/acme')).not.toMatch(/script-src[^;]*unsafe/);
    expect(policyOf('/acme')).toContain("frame-ancestors 'none'");
    expect(policyOf('/acme')).toContain("form-action 'self'");
  });
  it('let the sign-in form alone lead to another origin', () => {
    expect(policyOf('/sign-in')).not.toContain('form-action');
    expect(policyOf('/sign-in/x')).toContain('form-action');
  });
  it('pin HTTPS only where there is HTTPS', () => {
    expect(securityHeaders({ nonce: 'x', path: '/', https: false })).not.toHaveProperty('strict-transport-security');
    expect(securityHeaders({ nonce: 'x', path: '/', https: true })).toHaveProperty('strict-transport-security', 'max-age=31536000');
  });
});
