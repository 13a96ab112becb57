import { join } from 'node:path';
import type { Architecture } from '../embedded/snaps/architecture';
import { makeDemoSnaps } from '../embedded/snaps/make-snaps';
import type { DemoSnap } from '../embedded/snaps/make-snaps';

const CACHE = join(import.meta.dirname, '../../node_modules/.cache/imprint');

/** The demo snaps, made once for all tests and benchmarks of a checkout. `padded` is the set of about 411 MB that benchmarks use. */
export const demoSnaps = ({ architecture = 'amd64', padded = false }: { architecture?: Architecture; padded?: boolean } = {}): Promise<DemoSnap[]> =>
  makeDemoSnaps({ architecture, cacheDir: join(CACHE, 'demo-snaps'), workDir: join(CACHE, 'tmp'), ...(padded ? { padding: { kernelMiB: 300, baseMiB: 60 } } : {}) });
