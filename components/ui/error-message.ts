import { isAppError } from '@/lib/errors';

/** The sentence to show for anything that was thrown. What is no AppError is a bug, whose words help nobody. */
export const messageOf = (error: unknown): string =>
  isAppError(error) ? error.message : 'Something in Imprint went wrong. Try again; if it stays, tell whoever runs this console.';
