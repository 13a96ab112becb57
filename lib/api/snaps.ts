import { z } from 'zod';
import { sizeBytes } from './common';

export const snapChannel = z.object({
  /** `track/risk` or `track/risk/branch`. */
  channel: z.string(),
  architecture: z.string(),
  revision: z.number().int(),
  version: z.string(),
  sizeBytes,
  /** The base that this revision declares; null for none. */
  base: z.string().nullable(),
  /** What its content plugs take, and from which snap (default-provider). */
  takes: z.array(z.object({ content: z.string(), from: z.string() })),
  /** Content that its slots offer. */
  offers: z.array(z.string()),
  /** What it asks of the snapd that installs it. */
  assumes: z.array(z.string()),
});
export type SnapChannel = z.infer<typeof snapChannel>;

export const snapView = z.object({
  name: z.string(),
  snapId: z.string(),
  title: z.string(),
  summary: z.string(),
  /** snapd's word: app, base, gadget, kernel, core or snapd. */
  type: z.string(),
  base: z.string().nullable(),
  publisher: z.object({ username: z.string(), displayName: z.string(), validation: z.string() }),
  /** Filled when one snap is asked for; empty in search results. */
  channels: z.array(snapChannel),
});
export type SnapView = z.infer<typeof snapView>;

/** `type` narrows to one snap type. */
export const snapQuery = z.strictObject({
  q: z.string().max(100).default(''),
  architecture: z.string().max(20).default('amd64'),
  type: z.string().max(20).optional(),
});
/** Of one snap. */
export const snapInfoQuery = snapQuery.pick({ architecture: true });
