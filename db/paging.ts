import { z } from 'zod';
import type { Page } from '@/lib/api/common';
import { fromBase64Url, fromUtf8, toBase64Url, utf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';

/** Opaque to whoever holds it: the sort key of the last row shown. */
const writeCursor = (position: unknown): string => toBase64Url(utf8(JSON.stringify(position)));

/** Throws AppError `invalid` for a cursor that was not given out. */
export function readCursor<T>(after: string | undefined, position: z.ZodType<T>): T | undefined {
  if (!after) return undefined;
  const bytes = fromBase64Url(after);
  const text = bytes && fromUtf8(bytes);
  let value: unknown;
  try {
    value = text === undefined ? undefined : JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  const parsed = position.safeParse(value);
  if (parsed.success) return parsed.data;
  const message = 'This page address is not one that Imprint gave out. Start from the first page.';
  throw new AppError('invalid', message, { problems: [{ path: 'after', code: 'cursor-unknown', message }], cause: parsed.error });
}

/** `rows` were asked for with one more than `limit`: whether it came says if there is a next page. */
export function toPage<Row, Item>(rows: Row[], limit: number, position: (row: Row) => unknown, item: (row: Row) => Item): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), next: rows.length > limit && last !== undefined ? writeCursor(position(last)) : null };
}
