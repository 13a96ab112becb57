import type { DraftHeaders, ReadModelView } from '@/lib/api/models';
import type { Assertion } from '@/lib/assertion/assertion';
import { utf8 } from '@/lib/bytes';
import { isAppError } from '@/lib/errors';
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
  const { draft, dropped, problems } = draftFromHeaders(headers, { brandId: ctx.brand.accountId });
  const proof: ReadModelView['proof'] =
    input.kind === 'json'
      ? { verdict: 'none', sentence: 'This is JSON without a signature: it says what somebody wants, and proves nothing.', signKeyId: null, production: false }
      : input.kind === 'assertion'
        ? await prove(input.assertion, [])
        : await prove(input.model, input.others);
  return { kind: input.kind, name: typeof draft.model === 'string' ? draft.model : '', headers: draft as DraftHeaders, dropped, problems, proof };
}

/** Verifies with what came along and, where that does not do, with what the store has. */
async function prove(model: Assertion, others: Assertion[]): Promise<ReadModelView['proof']> {
  const anchors = await readTrustAnchors();
  const now = new Date();
  const by = `by ${String(model.headers['brand-id'])}, revision ${model.revision}, for ${String(model.headers['timestamp'])}`;
  const known = new AssertionDatabase({ anchors, now }).add(others);
  let verdict = known.check(model);
  let unreachable = '';
  if (!verdict.ok && (verdict.broken.code === 'key-missing' || verdict.broken.code === 'prerequisite-missing')) {
    try {
      known.add(await fetchChain([model], async (type, key) => known.find(type, key) ?? (await snapStore().assertion(type, key)), { anchors }));
      verdict = known.check(model);
    } catch (error) {
      if (!isAppError(error)) throw error;
      unreachable = ` ${error.message}`;
    }
  }
  const signKeyId = model.signKeyId;
  if (verdict.ok) {
    const production = known.isProduction(model);
    const root = production ? 'Canonical’s root' : 'the root of the embedded store, which no device outside knows';
    return { verdict: 'proven', sentence: `Signed ${by}. The chain holds up to ${root}.`, signKeyId, production };
  }
  const missing = verdict.broken.code === 'key-missing' || verdict.broken.code === 'prerequisite-missing';
  if (missing) return { verdict: 'unproven', sentence: `It says that it is signed ${by}, which cannot be proven here: ${verdict.broken.message}${unreachable}`, signKeyId, production: false };
  return { verdict: 'broken', sentence: `It says that it is signed ${by}, and that does not hold: ${verdict.broken.message}`, signKeyId, production: false };
}
