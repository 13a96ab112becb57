import type { Headers } from '../assertion/assertion';
import { isExtended } from './check';

/** Why no image can be made of a model here, although its assertion may be sound; undefined when one can. */
export function whyNotBuildable(headers: Headers): string | undefined {
  if (headers.classic === 'true') return 'Images are built of Ubuntu Core models only; this one is classic.';
  if (!isExtended(headers)) return 'Images are built for Ubuntu Core 20 and later only, whose models have the snaps header.';
  return undefined;
}
