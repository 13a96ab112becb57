import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** To the millisecond, as JavaScript has it, so that a page's cursor finds the very row again. */
export const instantColumn = (name: string) => timestamp(name, { withTimezone: true, precision: 3, mode: 'date' });
export const bytesColumn = (name: string) => bigint(name, { mode: 'number' });

/** The words of a CHECK constraint; they are this program's own constants. */
export const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');
