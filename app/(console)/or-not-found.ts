import { notFound } from 'next/navigation';
import { isAppError } from '@/lib/errors';

/** What a verb has found; its `not-found` (and a number that is none) becomes the page's. */
export async function orNotFound<T>(found: Promise<T>): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (isAppError(error) && error.code === 'not-found') notFound();
    throw error;
  }
}

/** The number in an address; anything else is not found. */
export function numberOrNotFound(segment: string): number {
  if (!/^[1-9]\d{0,8}$/.test(segment)) notFound();
  return Number(segment);
}
