import type { Headers } from '../assertion/assertion';
import { parseModel } from '../model/model';
import type { ModelSnap } from '../model/model';
import type { AssertionRef } from './types';

/**
 * An assertion to fetch. With `open` its key is known only in part: of a snap without an id until the store says it, of a revision until the snap is resolved and its
 * digest known, of a validation set that is not pinned until the newest of its sequence is asked for.
 */
export type Need = AssertionRef & {
  open?: 'snap-id' | 'digest' | 'revisions' | 'sequence';
  /** The rest of a sentence that begins with the reference: `the account of the brand`. */
  why: string;
  /** The image is made without it where there is none, or where nobody asks for its snap. */
  optional?: true;
};

const SERIES = '16';

/**
 * What must be fetched so that a model can be verified and an image of it built, in snapd's order (seed/seedwriter/writer.go): brand, signing key, store, validation sets,
 * then snap by snap. Publishers, and whoever else is vouched for, are `needsOf` what is fetched. `headers` may be a draft's: without a `sign-key-sha3-384` no key is asked
 * for. Throws AppError `model-invalid`.
 */
export function needsOfModel(headers: Headers): Need[] {
  const model = parseModel({ headers, revision: 0 });
  const signKeyId = headers['sign-key-sha3-384'];
  return unique([
    { type: 'account', primaryKey: [model.brandId], why: 'the account of the brand' },
    ...(typeof signKeyId === 'string' ? [{ type: 'account-key', primaryKey: [signKeyId], why: 'the key that signed the model' }] : []),
    ...(model.store === '' ? [] : [{ type: 'store', primaryKey: [model.store], why: 'the store of the model', optional: true as const }]),
    ...model.validationSets.map(({ accountId, name, sequence }) => ({
      type: 'validation-set',
      primaryKey: [SERIES, accountId, name, ...(sequence === undefined ? [] : [String(sequence)])],
      ...(sequence === undefined && { open: 'sequence' as const }),
      why: `the validation set ${accountId}/${name} of the model`,
    })),
    ...model.snaps.flatMap(needsOfSnap),
  ]);
}

function needsOfSnap({ name, snapId, presence, components }: ModelSnap): Need[] {
  const optional = presence === 'optional' ? { optional: true as const } : {};
  const id = snapId === undefined ? [] : [snapId];
  const unknown = snapId === undefined ? { open: 'snap-id' as const } : undefined;
  return [
    { type: 'snap-declaration', primaryKey: [SERIES, ...id], ...unknown, why: `the snap ${name}`, ...optional },
    { type: 'snap-revision', primaryKey: [], open: 'digest', why: `the bytes of the snap ${name}`, ...optional },
    ...Object.entries(components).flatMap(([component, { presence: wanted }]): Need[] => {
      const key = snapId === undefined ? [] : [snapId, component];
      const more = wanted === 'optional' ? { optional: true as const } : optional;
      return [
        { type: 'snap-resource-revision', primaryKey: key, open: unknown?.open ?? 'digest', why: `the bytes of the component ${name}+${component}`, ...more },
        { type: 'snap-resource-pair', primaryKey: key, open: unknown?.open ?? 'revisions', why: `that the component ${component} belongs to the snap ${name}`, ...more },
      ];
    }),
  ];
}

const unique = (needs: Need[]): Need[] => [...new Map(needs.map((need) => [[need.type, ...need.primaryKey, need.open ? need.why : ''].join('/'), need])).values()];
