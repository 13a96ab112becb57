import type { Assertion } from '../assertion/assertion';
import { parseInteger } from '../assertion/scalars';
import { findAssertionType } from '../assertion/types';
import { describeRef, shown } from './broken';
import type { Fault } from './broken';
import type { ChainView } from './check-chain';
import { fetchWords } from './fetch-words';
import { alsoNeeds, prerequisitesOf } from './prerequisites';
import type { AssertionRef } from './types';

type View = Pick<ChainView, 'standing' | 'isTrustedAccount'>;

/** Only a root's account may sign these. */
const BY_TRUSTED = new Set(['account', 'account-key', 'store', 'snap-declaration', 'base-declaration']);
/** These as well, unless their provenance says that the snap's declaration delegates them. */
const BY_TRUSTED_OR_DELEGATE = new Set(['snap-revision', 'snap-resource-revision', 'snap-resource-pair']);

const WORDS: Readonly<Record<string, string>> = {
  account: 'the account it speaks of',
  'snap-declaration': 'the snap it belongs to',
  serial: 'the device that signed it',
  model: 'what may let another than the brand sign it',
};

/** What an assertion says of others must agree with what they say (checkConsistency of each type in snapd asserts). Undefined when it does. */
export function checkConsistency(assertion: Assertion, view: View): Fault | undefined {
  const { type, authorityId = '', headers } = assertion;
  const trusted = view.isTrustedAccount(authorityId);
  const delegated = BY_TRUSTED_OR_DELEGATE.has(type) && headers['provenance'] !== findAssertionType(type)?.defaults['provenance'];
  if (!trusted && (BY_TRUSTED.has(type) || (BY_TRUSTED_OR_DELEGATE.has(type) && !delegated))) {
    return { code: 'authority-not-trusted', ref: assertion, say: () => `The ${describeRef(assertion)} is signed by ${shown(authorityId)}, where only a store's root account may sign.` };
  }
  if (type === 'snap-developer' && !trusted && headers['publisher-id'] !== authorityId) return notAllowed(assertion, 'the publisher or a root account');
  const known: Assertion[] = [];
  for (const ref of [...prerequisitesOf(assertion), ...alsoNeeds(assertion)]) {
    const found = view.standing(ref);
    if (!found) return missing(assertion, ref);
    known.push(found);
  }
  if (delegated && !isDelegated(assertion, known[0]!)) return notAllowed(assertion, `an account that the ${describeRef(known[0]!)} names for this provenance and revision`);
  if (type === 'serial' && authorityId !== headers['brand-id'] && !allowsSerials(known[0]!, authorityId)) return notAllowed(assertion, `the brand, or an account that the ${describeRef(known[0]!)} lists in "serial-authority",`);
  if (type === 'validation' && known[0]!.headers['publisher-id'] !== authorityId) return notAllowed(assertion, 'the publisher of its snap');
  return undefined;
}

const missing = (assertion: Assertion, ref: AssertionRef): Fault => ({
  code: 'prerequisite-missing',
  ref,
  waitsFor: ref,
  say: () => `The ${describeRef(ref)} is missing, and the ${describeRef(assertion)} needs it as ${WORDS[ref.type] ?? 'a prerequisite'}: ${fetchWords(ref)}.`,
});

const notAllowed = (assertion: Assertion, wanted: string): Fault => ({
  code: 'authority-not-allowed',
  ref: assertion,
  say: () => `The ${describeRef(assertion)} is signed by ${shown(assertion.authorityId)}, where ${wanted} should sign.`,
});

/** A revision of other provenance is signed by whom the declaration's revision-authority names. */
function isDelegated({ headers, authorityId, type }: Assertion, declaration: Assertion): boolean {
  const revision = parseInteger(String(headers[type === 'snap-resource-revision' ? 'resource-revision' : 'snap-revision'])) ?? 0n;
  const list = declaration.headers['revision-authority'];
  return (Array.isArray(list) ? list : []).some((entry) => {
    if (typeof entry === 'string' || Array.isArray(entry)) return false;
    const { provenance } = entry;
    const limit = (name: string): bigint | undefined => (typeof entry[name] === 'string' ? parseInteger(entry[name]) : undefined);
    const max = limit('max-revision');
    return (
      entry['account-id'] === authorityId &&
      Array.isArray(provenance) &&
      provenance.includes(String(headers['provenance'])) &&
      revision >= (limit('min-revision') ?? 1n) &&
      (max === undefined || revision <= max)
    );
  });
}

const allowsSerials = (model: Assertion, authorityId: string): boolean => {
  const allowed = model.headers['serial-authority'];
  return Array.isArray(allowed) && allowed.includes(authorityId);
};
