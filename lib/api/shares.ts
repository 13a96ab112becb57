import { z } from 'zod';
import { instant, personRef } from './common';
import { artifactView, imageWarning, proofView, seededSnap } from './builds';

export const SHARE_STATES = ['active', 'expired', 'revoked'] as const;

export const shareOpen = z.object({
  at: instant,
  address: z.string(),
  userAgent: z.string(),
  /** `page`, or the file's name. */
  what: z.string(),
  /** Of a download: what left, the size of the file, and whether every byte of it left. */
  download: z.object({ sentBytes: z.number().int(), sizeBytes: z.number().int(), complete: z.boolean() }).nullable(),
});

export type ShareOpen = z.infer<typeof shareOpen>;

export const shareView = z.object({
  id: z.string(),
  build: z.number().int(),
  note: z.string(),
  state: z.enum(SHARE_STATES),
  createdAt: instant,
  createdBy: personRef,
  expiresAt: instant,
  revokedAt: instant.nullable(),
  opens: z.number().int(),
  lastOpenedAt: instant.nullable(),
  /** The newest 50. */
  log: z.array(shareOpen),
});
export type ShareView = z.infer<typeof shareView>;

/** The token of a link; without it nothing opens. */
export const shareQuery = z.strictObject({ t: z.string().default('') });

export const createShareRequest = z.strictObject({ expiresInDays: z.number().int().min(1).max(365).default(7), note: z.string().max(500).default('') });
export type CreateShareRequest = z.infer<typeof createShareRequest>;

/** The one time the link is told; only a hash of its token is kept. */
export const createdShare = z.object({ share: shareView, url: z.string() });
export type CreatedShare = z.infer<typeof createdShare>;

/** What somebody with the link sees. */
export const sharedBuild = z.object({
  id: z.string(),
  brandName: z.string(),
  model: z.string(),
  modelDisplayName: z.string(),
  architecture: z.string(),
  base: z.string(),
  grade: z.string(),
  revision: z.number().int(),
  builtAt: instant,
  expiresAt: instant,
  note: z.string(),
  production: z.boolean(),
  /** Of the build, those that matter to whoever flashes the image. */
  warnings: z.array(imageWarning),
  artifacts: z.array(artifactView),
  proof: proofView,
  snaps: z.array(seededSnap),
});
export type SharedBuild = z.infer<typeof sharedBuild>;
