import { notFound } from 'next/navigation';

/** A page's parameter as it was meant: Next gives it still percent-encoded. What cannot be decoded is not found. */
export function segment(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch (error) {
    if (error instanceof URIError) notFound();
    throw error;
  }
}
