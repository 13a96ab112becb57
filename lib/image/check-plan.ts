import type { Problem } from '../errors';
import { segmentLength, type ImagePlan } from './plan';

/** What would keep a plan from being rendered: lengths that do not add up, ranges outside their blob. `blobBytes` are the sizes of what is stored. */
export function checkPlan(plan: ImagePlan, blobBytes: ReadonlyMap<string, number>): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, code: string, message: string) => problems.push({ path, code, message });
  let total = 0;
  plan.segments.forEach((segment, i) => {
    const path = `segments[${i}]`;
    const length = segmentLength(segment);
    if (!Number.isSafeInteger(length) || length <= 0) add(path, 'plan-length', `The segment has a length of ${length}.`);
    total += length;
    if (segment.kind !== 'blob') return;
    const stored = blobBytes.get(segment.sha3_384);
    if (!/^[0-9a-f]{96}$/.test(segment.sha3_384)) add(path, 'plan-blob', `"${segment.sha3_384.slice(0, 100)}" is no SHA3-384.`);
    else if (stored === undefined) add(path, 'plan-blob', `The file ${segment.sha3_384} is not stored.`);
    else if (!Number.isSafeInteger(segment.offset) || segment.offset < 0 || segment.offset + length > stored) {
      add(path, 'plan-blob', `The range ${segment.offset} + ${length} lies outside the file ${segment.sha3_384} of ${stored} bytes.`);
    }
  });
  if (total !== plan.sizeBytes) add('sizeBytes', 'plan-size', `The segments are ${total} bytes, and the image should be ${plan.sizeBytes}.`);
  return problems;
}
