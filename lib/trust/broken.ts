import type { AssertionRef, BrokenLinkCode } from './types';

/** Carries the verdict out of a walk; never leaves this room. */
export class Broken extends Error {
  constructor(
    readonly code: BrokenLinkCode,
    message: string,
    readonly ref: AssertionRef,
  ) {
    super(message);
    this.name = 'Broken';
  }
}

/** In words for a sentence: `account-key abc…`. */
export const describeRef = ({ type, primaryKey }: AssertionRef): string => `${type} ${primaryKey.join('/')}`.trim();
