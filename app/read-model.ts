import type { DraftHeaders, ReadModelView } from '@/lib/api/models';
import type { Assertion } from '@/lib/assertion/assertion';
import { utf8 } from '@/lib/bytes';
import { isAppError } from '@/lib/errors';
import { checkDraft } from '@/lib/model/check';
import { draftFromHeaders, readModelInput } from '@/lib/model/import';
import { snapStore } from '@/lib/snapstore/from-env';
import { readTrustAnchors } from '@/lib/snapstore/trust-anchors';
import { AssertionDatabase } from '@/lib/trust/database';
import { fetchChain } from '@/lib/trust/prerequisites';
import type { Ctx } from '@/db/context';

/** A model that somebody brings: what of it becomes a draft of the brand's, what does not, and what its signature proves. Keeps nothing. */
export async function readModel(ctx: Ctx, text: string): Promise<ReadModelView> {
  const input = readModelInput(utf8(text));
  const headers = input.kind === 'json' ? input.headers : input.kind === 'assertion' ? input.assertion.headers : input.model.headers;
  const importing = { brandId: ctx.brand.accountId, time: new Date().toISOString() };
  const { draft, dropped, problems } = draftFromHeaders(headers, importing);
  const broken = checkDraft(draft, { brandId: ctx.brand.accountId }).filter((problem) => (problem.severity ?? 'error') === 'error');
  const proof: ReadModelView['proof'] =
    input.kind === 'json'
      ? { verdict: 'none', sentence: 'This is JSON without a signature: it says what somebody wants, and proves nothing.', signKeyId: null, production: false, links: [] }
      : input.kind === 'assertion'
        ? await prove(input.assertion, [])
        : await prove(input.model, input.others);
  return { kind: input.kind, name: typeof draft.model === 'string' ? draft.model : '', headers: draft as DraftHeaders, dropped, problems: [...problems, ...broken], proof };
}

const MISSING = ['key-missing', 'prerequisite-missing'];

/** Verifies with what came along and, where that does not do, with what the store has. */
async function prove(model: Assertion, others: Assertion[]): Promise<ReadModelView['proof']> {
  const anchors = await readTrustAnchors();
  const by = `by ${String(model.headers['brand-id'])}, revision ${model.revision}, for ${String(model.headers['timestamp'])}`;
  const known = new AssertionDatabase({ anchors, now: new Date() }).add(others);
  let verdict = known.check(model);
  let unreachable = '';
  if (!verdict.ok && MISSING.includes(verdict.broken.code)) {
    try {
      known.add(await fetchChain([model], async (type, key) => known.find(type, key) ?? (await snapStore().assertion(type, key)), { anchors }));
      verdict = known.check(model);
    } catch (error) {
      if (!isAppError(error)) throw error;
      unreachable = ` ${error.message}`;
    }
  }
  const proof = { signKeyId: model.signKeyId, links: others.map((other) => linkOf(known, other)) };
  if (verdict.ok) {
    const production = known.isProduction(model);
    const root = production ? 'Canonical’s root' : 'the root of the embedded store, which no device outside knows';
    return { ...proof, verdict: 'proven', sentence: `Signed ${by}. The chain holds up to ${root}.`, production };
  }
  const { code, message } = verdict.broken;
  if (MISSING.includes(code)) return { ...proof, verdict: 'unproven', sentence: `It says that it is signed ${by}, which cannot be proven here: ${message}${unreachable}`, production: false };
  return { ...proof, verdict: 'broken', sentence: `It says that it is signed ${by}, and that does not hold: ${message}`, production: false };
}

function linkOf(known: AssertionDatabase, assertion: Assertion): ReadModelView['proof']['links'][number] {
  const verdict = known.check(assertion);
  const { name, 'display-name': title, 'account-id': account } = assertion.headers;
  const called = typeof name === 'string' ? `${assertion.type} ${name} of ${String(account)}` : typeof title === 'string' ? `${assertion.type} ${title}` : `${assertion.type} ${assertion.primaryKey.join('/')}`;
  return { what: called, holds: verdict.ok, reason: verdict.ok ? null : verdict.broken.message };
}
