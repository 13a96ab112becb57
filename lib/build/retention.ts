/** How long the images of a build are kept: the one rule that page and worker read. Manifest, log and lock stay for good. */
const DAY_MS = 24 * 3600 * 1000;

/** Days after the build, for a brand that says nothing else. */
export const KEEP_IMAGES_DAYS = 90;

/** Days that people have left after the brand's rule changed: a slip takes nothing at once. */
export const NOTICE_DAYS = 7;

/** Why the images of a build are gone. */
export const GONE_BECAUSE = ['asked', 'expired'] as const;
export type GoneBecause = (typeof GONE_BECAUSE)[number];

/** What decides how long images are kept. */
export const KEPT_BECAUSE = ['brand', 'notice', 'extended', 'link', 'pinned'] as const;
export type KeptBecause = (typeof KEPT_BECAUSE)[number];

export type Keeping = {
  builtAt: Date;
  /** The brand's rule; null: for good. */
  keepImagesDays: number | null;
  /** When the rule was last changed. */
  keepImagesSince: Date;
  pinned: boolean;
  /** As somebody extended it. */
  extendedUntil: Date | null;
  /** When the last of the links that were not revoked stops working. */
  linkedUntil: Date | null;
};

/** Until when, null for good, and what decides. A link never outlives the images behind it. */
export function keptUntil({ builtAt, keepImagesDays, keepImagesSince, pinned, extendedUntil, linkedUntil }: Keeping): { until: Date | null; because: KeptBecause } {
  if (pinned) return { until: null, because: 'pinned' };
  if (keepImagesDays === null) return { until: null, because: 'brand' };
  const reasons: [KeptBecause, Date | null][] = [
    ['brand', daysAfter(builtAt, keepImagesDays)],
    ['notice', daysAfter(keepImagesSince, NOTICE_DAYS)],
    ['extended', extendedUntil],
    ['link', linkedUntil],
  ];
  const [because, until] = reasons.reduce((last, each) => (each[1] !== null && each[1] > last[1]! ? each : last));
  return { until, because };
}

export const daysAfter = (instant: Date, days: number): Date => new Date(instant.getTime() + days * DAY_MS);
