import type { BuildView } from '@/lib/api/builds';
import { BUILD_ALLOWS } from '@/lib/build/states';

/** Nothing will change any more: the build is over, every checksum is there, and what is signed once they are. */
export const isSettled = (build: BuildView): boolean => BUILD_ALLOWS[build.state].final && build.proof.state !== 'computing' && build.artifacts.every((artifact) => artifact.deleted || artifact.sha256 !== null);
