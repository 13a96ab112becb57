import type { ArtifactView } from '@/lib/api/builds';

/**
 * The command that checks everything that came with an image (docs/cli.md), for a folder `downloads/`; undefined while there is no provenance.
 * Roots of a store that is not for production are nobody's by default, and have to be named.
 */
export function verifyCommand({ artifacts, production }: { artifacts: readonly Pick<ArtifactView, 'kind' | 'fileName'>[]; production: boolean }): string | undefined {
  const key = artifacts.find(({ kind }) => kind === 'build-key');
  return key && `npm run -s imprint -- evidence verify --build-key downloads/${key.fileName}${production ? '' : ' --trusted trusted.assert'} downloads/`;
}
