import { expect, it } from 'vitest';
import { verifyCommand } from './verify-command';

const artifacts = [{ kind: 'provenance' as const, fileName: 'k-r1-build2.provenance.json' }, { kind: 'build-key' as const, fileName: 'k-r1-build2.build-key.pem' }];

it('the command names the key that came with the files, and roots only where they are no one’s by default', () => {
  expect(verifyCommand({ artifacts, production: true })).toBe('npm run -s imprint -- evidence verify --build-key downloads/k-r1-build2.build-key.pem downloads/');
  expect(verifyCommand({ artifacts, production: false })).toContain(' --trusted trusted.assert downloads/');
  expect(verifyCommand({ artifacts: [], production: true })).toBeUndefined();
});
