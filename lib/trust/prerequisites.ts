import { assertionRef } from '../assertion/assertion';
import type { Assertion } from '../assertion/assertion';
import { findAssertionType } from '../assertion/types';
import { AppError } from '../errors';
import { describeRef } from './broken';
import type { AssertionRef, TrustAnchors } from './types';

/** Snaps of all releases are declared in this series. */
const SERIES = '16';

/** What must be known before this assertion can be checked, its signing key apart, in snapd's order (Prerequisites of each type in snapd asserts). */
export function prerequisitesOf(assertion: Assertion): AssertionRef[] {
  const text = (name: string): string => {
    const value = assertion.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const account = (id: string): AssertionRef => ({ type: 'account', primaryKey: [id] });
  const declaration = (snapId: string, series = SERIES): AssertionRef => ({ type: 'snap-declaration', primaryKey: [series, snapId] });
  switch (assertion.type) {
    case 'account-key':
    case 'account-key-request':
      return [account(text('account-id'))];
    case 'store':
      return [account(text('operator-id'))];
    case 'snap-declaration':
      return [account(text('publisher-id'))];
    case 'snap-revision':
    case 'snap-resource-revision':
      return [declaration(text('snap-id')), account(text('developer-id'))];
    case 'snap-resource-pair':
      return [declaration(text('snap-id'))];
    case 'validation':
      return [declaration(text('snap-id'), text('series')), declaration(text('approved-snap-id'), text('series'))];
    case 'snap-developer':
      return [declaration(text('snap-id')), account(text('publisher-id')), ...developersOf(assertion).filter((id) => id !== text('publisher-id')).map(account)];
    case 'confdb-control':
      return [{ type: 'serial', primaryKey: [text('brand-id'), text('model'), text('serial')] }];
    default:
      return [];
  }
}

/** What snapd asks for as well when it checks, though it does not list it among what to fetch: the developer of a pair, the model that lets others sign serials. */
export function alsoNeeds({ type, headers, authorityId }: Assertion): AssertionRef[] {
  if (type === 'snap-resource-pair') return [{ type: 'account', primaryKey: [String(headers['developer-id'])] }];
  if (type === 'serial' && authorityId !== headers['brand-id']) return [{ type: 'model', primaryKey: [SERIES, String(headers['brand-id']), String(headers['model'])] }];
  return [];
}

/** The account-key that signed it; undefined for those that sign for themselves. */
export function signingKeyRef(assertion: Assertion): AssertionRef | undefined {
  return findAssertionType(assertion.type)?.hasAuthority ? { type: 'account-key', primaryKey: [assertion.signKeyId] } : undefined;
}

/** What must be there, and hold, before an assertion can hold: direct links alone, in the order in which snapd fetches them. Each has needs of its own, once it is known. */
export function needsOf(assertion: Assertion): AssertionRef[] {
  const key = signingKeyRef(assertion);
  return [...prerequisitesOf(assertion), ...alsoNeeds(assertion), ...(key ? [key] : [])];
}

function developersOf(assertion: Assertion): string[] {
  const list = assertion.headers['developers'];
  const ids = Array.isArray(list) ? list.map((item) => (typeof item === 'object' && !Array.isArray(item) ? item['developer-id'] : undefined)) : [];
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

export type FetchAssertion = (type: string, primaryKey: string[]) => Promise<Assertion | undefined>;
export type FetchChainErrorCode = 'assertion-missing' | 'assertion-not-asked-for' | 'chain-circular' | 'chain-too-long';

/** The chains of a full image stay in the hundreds. */
const MAX_ASSERTIONS = 5000;
/** Real ones have five links at most. */
const MAX_LINKS = 64;

/**
 * The assertions and all that they need, each once, prerequisites before dependents: for each its prerequisites in order, its signing key, then itself.
 * Anchors are left out. Nothing is verified here. Throws AppError with a FetchChainErrorCode, and whatever `fetch` throws.
 */
export async function fetchChain(starts: readonly Assertion[], fetch: FetchAssertion, { anchors, signal }: { anchors: TrustAnchors; signal?: AbortSignal }): Promise<Assertion[]> {
  const omitted = new Set([...anchors.assertions, ...anchors.predefined, ...anchors.embedded].map(assertionRef));
  const given = new Map(starts.map((assertion) => [assertionRef(assertion), assertion]));
  const open = new Set<string>();
  const chain = new Map<string, Assertion>();

  const visit = async (ref: AssertionRef, by: Assertion | undefined): Promise<void> => {
    const key = assertionRef(ref);
    if (omitted.has(key) || chain.has(key)) return;
    if (open.has(key)) throw refusal('chain-circular', `The ${describeRef(ref)} needs itself by way of others`);
    if (open.size >= MAX_LINKS || chain.size >= MAX_ASSERTIONS) throw refusal('chain-too-long', `The chain goes on and on at the ${describeRef(ref)}`);
    const assertion = given.get(key) ?? (await obtain(ref, by));
    open.add(key);
    for (const prerequisite of prerequisitesOf(assertion)) await visit(prerequisite, assertion);
    const signingKey = signingKeyRef(assertion);
    if (signingKey) await visit(signingKey, assertion);
    open.delete(key);
    chain.set(key, assertion);
  };

  const obtain = async (ref: AssertionRef, by: Assertion | undefined): Promise<Assertion> => {
    signal?.throwIfAborted();
    const assertion = await fetch(ref.type, ref.primaryKey);
    if (!assertion) throw refusal('assertion-missing', `The store does not have the ${describeRef(ref)}${by ? `, which the ${describeRef(by)} needs` : ''}`, ref);
    if (assertionRef(assertion) !== assertionRef(ref)) throw refusal('assertion-not-asked-for', `The store was asked for the ${describeRef(ref)} and gave the ${describeRef(assertion)}`, ref);
    return assertion;
  };

  for (const start of starts) await visit(start, undefined);
  return [...chain.values()];
}

function refusal(code: FetchChainErrorCode, message: string, ref?: AssertionRef): AppError<FetchChainErrorCode> {
  return new AppError(code, `${message}.`, ref ? { details: { type: ref.type, primaryKey: ref.primaryKey } } : {});
}
