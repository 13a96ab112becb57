import type { Headers } from '../assertion/assertion';

/** Why no image can be made of a model here, although its assertion may be sound; undefined when one can. */
export function whyNotBuildable(headers: Headers): string | undefined {
  return headers.classic === 'true' ? 'Images are built of Ubuntu Core models only; this one is classic.' : undefined;
}
