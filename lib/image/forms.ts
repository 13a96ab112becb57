import { encodeGzipMembers, encodeZstFrames } from './earlier-forms';
import { encodeGzip } from './gzip';
import { FRAMING, type ImagePlan } from './plan';
import { encodeQcow2 } from './qcow2';
import { encodeXz } from './xz';
import { encodeZst } from './zst';

/** What an image can be downloaded as. */
export const IMAGE_FORMS = ['raw', 'zst', 'xz', 'gz', 'qcow2'] as const;
export type ImageForm = (typeof IMAGE_FORMS)[number];

/**
 * The bytes of an image in one of its forms, again as ranges of blobs, literal bytes and zeros: nothing is
 * read, and the size is exact. Takes milliseconds.
 */
export const encodeImage = (form: ImageForm, plan: ImagePlan): ImagePlan =>
  (plan.framing === FRAMING ? ENCODERS : EARLIER)[form](plan);

type Encoders = Record<ImageForm, (plan: ImagePlan) => ImagePlan>;

const ENCODERS: Encoders = {
  raw: (plan) => plan,
  zst: ({ segments }) => encodeZst(segments),
  xz: encodeXz,
  gz: encodeGzip,
  qcow2: encodeQcow2,
};

const EARLIER: Encoders = { ...ENCODERS, zst: encodeZstFrames, gz: encodeGzipMembers };
