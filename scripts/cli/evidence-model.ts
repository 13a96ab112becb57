import { createHash } from 'node:crypto';
import type { Assertion } from '../../lib/assertion/assertion';
import { encodeAssertion } from '../../lib/assertion/encode';
import { fileOfKind, filesOfKind } from '../../lib/evidence/file-names';
import { modelDifference } from '../../lib/evidence/verify';
import type { ReadStatement } from '../../lib/evidence/verify';
import type { BrokenLinkCode } from '../../lib/trust/types';
import { verifyAll } from '../../lib/trust/verify-all';
import { absent, expectSame, ok } from './evidence-check';
import type { Check, Documents, Trust } from './evidence-check';
import { Refusal } from './failure';
import { readStream } from './read-stream';

/** What a model runs into that stands alone. */
const MISSING: ReadonlySet<string> = new Set<BrokenLinkCode>(['key-missing', 'prerequisite-missing']);

/** That the model is the one that the provenance names, and that it holds up to the roots as far as what vouches for it is here. */
export function* checkModel(names: readonly string[], documents: Documents, statement: ReadStatement, { trusted, now }: Trust): Generator<Check> {
  const name = fileOfKind(names, 'model');
  const bytes = name === undefined ? undefined : documents.get(name);
  if (name === undefined || !bytes) {
    yield absent('model', name ?? 'model');
    return;
  }
  const own = assertionsOf(name, bytes);
  const model = own.find(({ type }) => type === 'model');
  if (!model) throw new Refusal('evidence-mismatch', `${name}: There is no model in it.`);
  const encoded = encodeAssertion(model);
  const digest = (algorithm: string): string => createHash(algorithm).update(encoded).digest('hex');
  const [, brandId = '', modelName = ''] = model.primaryKey;
  expectSame(name, modelDifference({ brandId, name: modelName, revision: model.revision, signKeyId: model.signKeyId, sha256: digest('sha256'), sha3_384: digest('sha3-384') }, statement));
  yield ok('model', name, `${brandId}/${modelName}, revision ${model.revision}, as the provenance names it`);

  const chainNames = filesOfKind(names, 'chain');
  const chain = [...own.filter((each) => each !== model), ...chainNames.flatMap((file) => (documents.has(file) ? assertionsOf(file, documents.get(file)!) : []))];
  const [outcome] = verifyAll([model, ...chain], { trusted, now });
  if (outcome!.ok) yield ok('chain', name, 'holds up to the roots');
  else if (MISSING.has(outcome!.code) && chain.length === 0) yield absent('chain', chainNames[0] ?? name, `what vouches for the model is not here: ${outcome!.reason}`);
  else throw new Refusal(outcome!.code, `${name}: The model does not hold: ${outcome!.reason}`);
}

function assertionsOf(name: string, bytes: Uint8Array): Assertion[] {
  const { assertions, error } = readStream(new Uint8Array(bytes));
  if (error) throw new Refusal(error.code, `${name}: ${error.message}`, { cause: error });
  return assertions;
}
