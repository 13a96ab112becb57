import type { ImagePlan } from './plan';
import { encodeStored } from './zst';

/** What an image can be downloaded as. */
export const IMAGE_FORMS = ['raw', 'zst'] as const;
export type ImageForm = (typeof IMAGE_FORMS)[number];

/** The bytes of an image in one of its forms, again as ranges of blobs, literal bytes and zeros: nothing is read, and the size is exact. Takes milliseconds. */
export function encodeImage(form: ImageForm, plan: ImagePlan): ImagePlan {
  return form === 'raw' ? plan : encodeStored(plan.segments);
}
