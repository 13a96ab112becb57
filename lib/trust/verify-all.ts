import { createHash } from 'node:crypto';
import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { nanoseconds } from '../assertion/scalars';
import { findAssertionType } from '../assertion/types';
import { AppError } from '../errors';
import { describeRef } from './broken';
import { revisionOf } from './group';
import { revokes } from './revoked';
import { Standing } from './standing';
import type { AssertionRef, BrokenLinkCode } from './types';

export type Outcome =
  /** `revokes` says what an assertion that holds takes back, in a sentence. */
  | { ok: true; revokes?: string }
  /** `link` is what broke first, seen from the root: the input itself or something that it leans on. `by` is the revision that stands in its place. */
  | { ok: false; code: BrokenLinkCode | 'superseded'; reason: string; link: AssertionRef; by?: bigint };

/**
 * What came of each input, in the order given, as if all had been added to snapd's database under these roots, in whatever order they come (snapd asserts/database.go):
 * of several revisions the highest that holds stands and the lower ones are `superseded`; the same text twice holds twice, and so does the text of a root.
 * A broken input takes down what leans on it and nothing else. Throws AppError `anchor-invalid` for roots that are neither account nor account-key.
 */
export function verifyAll(inputs: readonly Assertion[], { trusted, now }: { trusted: readonly Assertion[]; now: Date }): Outcome[] {
  const roots = readRoots(trusted);
  const unique = uniqueOf(inputs);
  const standing = new Standing({ trusted: roots, now: nanoseconds(now) }, new Set(unique));
  const outcomes = new Map<Assertion, Outcome>();
  return unique.map((input) => {
    const known = outcomes.get(input) ?? outcomeOf(input, standing);
    outcomes.set(input, known);
    return known;
  });
}

function outcomeOf(input: Assertion, standing: Standing): Outcome {
  const verdict = standing.verdict(input);
  if (!verdict.ok) {
    const { code, message, type, primaryKey } = verdict.broken;
    return { ok: false, code, reason: message, link: { type, primaryKey } };
  }
  const current = standing.standing(input);
  if (current && current !== input && !standing.anchor(input) && !sameContent(current, input)) return superseded(input, current);
  const said = revokes(input);
  return said === undefined ? { ok: true } : { ok: true, revokes: said };
}

function superseded(input: Assertion, current: Assertion): Outcome {
  const [mine, by] = [revisionOf(input), revisionOf(current)];
  const reason = mine < by ? `Revision ${by} of the ${describeRef(input)} has taken the place of this one, which is revision ${mine}.` : `Another text of the ${describeRef(input)} with the same revision ${by} stands, and one revision has one text.`;
  return { ok: false, code: 'superseded', reason, link: input, by };
}

/** snapd takes no others as roots (OpenDatabase); of several revisions the highest counts. */
function readRoots(trusted: readonly Assertion[]): Assertion[] {
  const roots = new Map<string, Assertion>();
  for (const root of trusted) {
    if (root.type !== 'account' && root.type !== 'account-key') throw new AppError('anchor-invalid', `The ${describeRef(root)} cannot be a root: only accounts and account-keys can.`);
    if (root.format > (findAssertionType(root.type)?.maxFormat ?? 0)) continue;
    const known = roots.get(assertionRef(root));
    if (!known || revisionOf(known) < revisionOf(root)) roots.set(assertionRef(root), root);
  }
  return [...roots.values()];
}

/** The inputs, each that is the same byte for byte as an earlier one replaced by that. */
function uniqueOf(inputs: readonly Assertion[]): Assertion[] {
  const first = new Map<string, Assertion>();
  return inputs.map((input) => {
    const digest = createHash('sha256').update(`${input.content.length}\n`).update(input.content).update(input.signature).digest('base64');
    const known = first.get(digest) ?? input;
    first.set(digest, known);
    return known;
  });
}

const sameContent = (a: Assertion, b: Assertion): boolean => a.content.length === b.content.length && a.content.every((byte, i) => byte === b.content[i]);
