import { z } from 'zod';
import { AppError } from '../errors';
import { LOCK_FORMAT, type BuildLock } from './lock';

const count = z.number().int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{96}$/);
const text = z.string().max(4096);
const list = <T extends z.ZodType>(of: T) => z.array(of).max(10_000);

const lock = z.looseObject({
  format: z.literal(LOCK_FORMAT),
  model: z.object({ brandId: text, model: text, revision: count, sha3_384: digest }),
  label: text,
  /** Until the year 9999. */
  epoch: count.max(253_402_300_799),
  sectorSize: z.union([z.literal(512), z.literal(4096)]),
  sizeProfile: z.enum(['full', 'flash']),
  imageSizes: z.record(text, count),
  bootFlags: list(text),
  snaps: list(
    z.object({
      name: text,
      snapId: text.optional(),
      type: text,
      revision: z.number().int(),
      sha3_384: digest,
      sizeBytes: count,
      channel: text,
      inModel: z.boolean(),
      auxInfo: z.object({ private: z.boolean(), contact: text, links: z.record(text, list(text)) }),
      components: list(z.object({ name: text, revision: z.number().int(), sha3_384: digest, sizeBytes: count })),
    }),
  ),
  validationSets: list(z.object({ accountId: text, name: text, sequence: count })),
  assertions: list(z.object({ type: text, primaryKey: list(text), revision: count, sha3_384: digest })),
  extraAssertions: list(digest),
});

/** A lock as somebody hands it over, parsed from JSON; `what` names it in the sentence. Throws AppError `lock-format`. */
export function parseLock(value: unknown, what: string): BuildLock {
  const format = z.looseObject({ format: z.number(), snaps: z.unknown() }).safeParse(value);
  if (format.success && format.data.format !== LOCK_FORMAT) throw new AppError('lock-format', `${what} has the format ${format.data.format}, and this version of Imprint reads format ${LOCK_FORMAT}. Build without it, or with the version that wrote it.`);
  const parsed = lock.safeParse(value);
  if (parsed.success) return value as BuildLock;
  const [issue] = parsed.error.issues;
  throw new AppError('lock-format', `${what} is no lock of an image${issue && issue.path.length > 0 ? ` (${issue.path.map(String).join('.').slice(0, 80)} is not as it should be)` : ''}. Give the lock.json as the build wrote it.`, { cause: parsed.error });
}
