import type { Assertion } from '../assertion';
import { ACCOUNT_ID, MIXED_NAME } from '../scalars';
import { breaks, requireMatch, requireText } from './rules';

/** snapd asserts/hardware_identity.go. That its key is one and has the digest it claims is for lib/keys to say. */
export function checkHardwareIdentity({ headers, authorityId }: Assertion): void {
  const issuer = requireMatch(headers, 'issuer-id', ACCOUNT_ID, 'an account id');
  if (issuer !== authorityId) {
    breaks('authority-id', 'should be the same as "issuer-id": the issuer signs a hardware identity');
  }
  requireText(headers, 'manufacturer');
  const name = 'a name of hardware: letters, digits and single inner hyphens';
  requireMatch(headers, 'hardware-name', MIXED_NAME, name);
  requireText(headers, 'hardware-id');
  requireText(headers, 'hardware-id-key');
}
