import type { BuildView } from '@/lib/api/builds';
import { BUILD_ALLOWS } from '@/lib/build/states';

/** Nothing will change any more: the build is over and every checksum is there. */
export const isSettled = (build: BuildView): boolean => BUILD_ALLOWS[build.state].final && build.artifacts.every((artifact) => artifact.deleted || artifact.sha256 !== null);
