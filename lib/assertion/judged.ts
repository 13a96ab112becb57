import type { Assertion } from './assertion';

/**
 * How far an assertion that was taken was held to snapd's rules of its type: to all of them, or to all but those of a
 * language of its own, of which the outer shape alone is looked at.
 */
export type Judged = 'full' | 'general';

/** The rules of interfaces in declarations (snapd asserts/ifacedecls.go), and storage in the body of a confdb-schema. */
export function judgedOf({ type, headers }: Pick<Assertion, 'type' | 'headers'>): Judged {
  const isDeclaration = type === 'snap-declaration' || type === 'base-declaration';
  const hasRules = isDeclaration && (headers['plugs'] !== undefined || headers['slots'] !== undefined);
  return hasRules || type === 'confdb-schema' ? 'general' : 'full';
}
