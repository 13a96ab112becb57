import type { Assertion } from '../assertion/assertion';
import { parseInteger } from '../assertion/scalars';
import { findAssertionType } from '../assertion/types';
import { Broken, describeRef } from './broken';
import { prerequisitesOf } from './prerequisites';
import type { AssertionRef } from './types';

export type ConsistencyContext = {
  find(ref: AssertionRef): Assertion | undefined;
  isTrustedAccount(accountId: string): boolean;
  /** The assertion by that identity, checked up to a root; throws Broken. `why` says what it is needed as. */
  require(ref: AssertionRef, why: string): Assertion;
};

/** Only a root's account may sign these. */
const BY_TRUSTED = new Set(['account', 'account-key', 'store', 'snap-declaration', 'base-declaration']);
/** These as well, unless their provenance says that the snap's declaration delegates them. */
const BY_TRUSTED_OR_DELEGATE = new Set(['snap-revision', 'snap-resource-revision', 'snap-resource-pair']);

const WORDS: Readonly<Record<string, string>> = { account: 'the account it speaks of', 'snap-declaration': 'the snap it belongs to', serial: 'the device that signed it' };

/** What an assertion says of others must agree with what they say (checkConsistency of each type in snapd asserts). Throws Broken. */
export function checkConsistency(assertion: Assertion, context: ConsistencyContext): void {
  const { type, authorityId = '', headers } = assertion;
  const trusted = context.isTrustedAccount(authorityId);
  const delegated = BY_TRUSTED_OR_DELEGATE.has(type) && headers['provenance'] !== findAssertionType(type)?.defaults['provenance'];
  if (!trusted && (BY_TRUSTED.has(type) || (BY_TRUSTED_OR_DELEGATE.has(type) && !delegated))) {
    throw new Broken('authority-not-trusted', `The ${describeRef(assertion)} is signed by ${authorityId}, where only a store's root account may sign.`, assertion);
  }
  const known = prerequisitesOf(assertion).map((ref) => context.require(ref, WORDS[ref.type] ?? 'a prerequisite'));
  // snapd asks for the developer too, though it does not list it among what to fetch.
  if (type === 'snap-resource-pair') context.require({ type: 'account', primaryKey: [String(headers['developer-id'])] }, 'its developer');
  if (delegated) checkDelegation(assertion, known[0]!);
  if (type === 'serial') checkSerial(assertion, context);
  if (type === 'validation' && known[0]!.headers['publisher-id'] !== authorityId) notAllowed(assertion, 'the publisher of its snap');
  if (type === 'snap-developer' && !trusted && headers['publisher-id'] !== authorityId) notAllowed(assertion, 'the publisher or a root account');
}

function notAllowed(assertion: Assertion, wanted: string): never {
  throw new Broken('authority-not-allowed', `The ${describeRef(assertion)} is signed by ${assertion.authorityId}, where ${wanted} should sign.`, assertion);
}

/** A revision of other provenance is signed by whom the declaration's revision-authority names. */
function checkDelegation(assertion: Assertion, declaration: Assertion): void {
  const { headers, authorityId, type } = assertion;
  const revision = parseInteger(String(headers[type === 'snap-resource-revision' ? 'resource-revision' : 'snap-revision'])) ?? 0n;
  const list = declaration.headers['revision-authority'];
  const allowed = (Array.isArray(list) ? list : []).some((entry) => {
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
  if (!allowed) notAllowed(assertion, `an account that the ${describeRef(declaration)} names for this provenance and revision`);
}

/** Another than the brand may sign serials when the model says so. */
function checkSerial(assertion: Assertion, context: ConsistencyContext): void {
  const { headers, authorityId } = assertion;
  if (authorityId === headers['brand-id']) return;
  const ref = { type: 'model', primaryKey: ['16', String(headers['brand-id']), String(headers['model'])] };
  const model = context.require(ref, 'the model that may allow its authority');
  const allowed = model.headers['serial-authority'];
  if (!Array.isArray(allowed) || !allowed.includes(String(authorityId))) notAllowed(assertion, `the brand, or an account that the ${describeRef(ref)} lists in "serial-authority",`);
}
