import { z } from 'zod';
import { instant, personRef, sizeBytes } from './common';
import { GONE_BECAUSE, KEPT_BECAUSE } from '../build/retention';

const days = z.number('must be a number of days').int('must be a whole number of days').min(1, 'must be a day at least').max(3650, 'must be ten years at most');

/** How long a brand's images are kept after they were built. */
export const retentionView = z.object({
  /** Null: for good. */
  keepImagesDays: days.nullable(),
  /** When that was last changed. */
  since: instant,
  /** Builds whose images are there, how many of them are pinned, and the disk they take: a snap that several share counts once. */
  images: z.object({ builds: z.number().int(), pinned: z.number().int(), sizeBytes }),
});
export type RetentionView = z.infer<typeof retentionView>;

export const setRetentionRequest = z.strictObject({ keepImagesDays: days.nullable() });
export type SetRetentionRequest = z.infer<typeof setRetentionRequest>;

/** What a build's page says about how long its images stay. */
export const imagesKept = z.discriminatedUnion('state', [
  z.object({ state: z.literal('kept'), /** Null: for good. */ until: instant.nullable(), because: z.enum(KEPT_BECAUSE), /** Who pinned them. */ pinned: z.object({ at: instant, by: personRef }).nullable() }),
  z.object({ state: z.literal('gone'), at: instant, because: z.enum(GONE_BECAUSE) }),
]);
export type ImagesKept = z.infer<typeof imagesKept>;

/** `pinned`: until somebody says otherwise; `brand`: as the brand's rule says, taking back what was asked before; a number: that many days from now at least. */
export const keepImagesRequest = z.strictObject({ keep: z.union([z.enum(['pinned', 'brand']), days]) });
export type KeepImagesRequest = z.infer<typeof keepImagesRequest>;
