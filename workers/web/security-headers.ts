/**
 * What every answer carries. Scripts run only with this answer's nonce, which Next reads from the same policy and puts on its own.
 * `/sign-in` has no `form-action`: browsers hold a form's redirects to it as well, and a provider's next hop cannot be known.
 */
export function securityHeaders(options: { nonce: string; path: string; https: boolean }): Record<string, string> {
  const policy = {
    'default-src': "'self'",
    'script-src': `'self' 'nonce-${options.nonce}' 'strict-dynamic'`,
    // Dialogs and toasts set styles from scripts.
    'style-src': "'self' 'unsafe-inline'",
    'img-src': "'self' data: blob:",
    'font-src': "'self'",
    'connect-src': "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'frame-ancestors': "'none'",
    ...(options.path === '/sign-in' ? {} : { 'form-action': "'self'" }),
  };
  return {
    'content-security-policy': Object.entries(policy)
      .map(([name, value]) => `${name} ${value}`)
      .join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // Not `no-referrer`: with it browsers send `Origin: null` with our own forms.
    'referrer-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    ...(options.https ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}
