import type { Assertion } from '@/lib/assertion/assertion';
import { decodeAssertion, decodeStream } from '@/lib/assertion/decode';
import { utf8 } from '@/lib/bytes';
import { AppError } from '@/lib/errors';
import { whyNotBuildable } from '@/lib/model/buildable';
import { parseModel } from '@/lib/model/model';
import type { Model } from '@/lib/model/model';
import { AssertionDatabase } from '@/lib/trust/database';
import type { BuildRun, StageRun } from '../run';

export type VerifiedModel = {
  assertion: Assertion;
  model: Model;
  grade: NonNullable<Model['grade']>;
  /** Account and account-key it is signed with, up to a root. */
  chain: Assertion[];
  /** Everything verified so far; later stages add to it. */
  trusted: AssertionDatabase;
  /** Verified up to Canonical's root and nothing else. */
  production: boolean;
};

/** snapd image/image_linux.go: such models parse, but no image is made of them. */
const RESERVED_HEADERS = ['core', 'os', 'class', 'allowed-modes'];

export async function verifyModel({ taken, services }: BuildRun, stage: StageRun): Promise<VerifiedModel> {
  const assertion = decodeAssertion(utf8(taken.model.text));
  const chain = decodeStream(utf8(taken.model.chain));
  const trusted = new AssertionDatabase({ anchors: services.anchors, now: services.now() });
  trusted.add(chain);
  const verdict = trusted.check(assertion);
  if (!verdict.ok) throw new AppError('model-signature', `The model's signature does not hold: ${verdict.broken.message}`, { details: { link: verdict.broken } });

  const reserved = RESERVED_HEADERS.filter((name) => name in assertion.headers);
  if (reserved.length > 0) throw new AppError('model-reserved-header', `The model has the reserved header ${reserved.join(', ')}; no image can be made of it. Remove it, sign again and build.`);
  const model = parseModel(assertion);
  if (model.series !== '16') throw new AppError('model-series', `The model is of series ${model.series}; images are made of series 16 only.`);
  if (model.brandId !== taken.brand.accountId) throw new AppError('model-brand', `The model is of the brand ${model.brandId}, not of ${taken.brand.accountId}.`);
  const reason = whyNotBuildable(assertion.headers);
  if (reason !== undefined || model.grade === undefined) throw new AppError('model-not-supported', reason ?? 'Images are built of models with the snaps header only.');

  const production = trusted.isProduction(assertion);
  stage.say(`Model ${model.name} revision ${model.revision} is signed by ${model.brandId} and verifies up to ${production ? "Canonical's root" : 'the embedded root, which no device in the field trusts'}.`);
  return { assertion, model, grade: model.grade, chain, trusted, production };
}
