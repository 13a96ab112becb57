/** The shapes of a Snap Store's answers: every byte of them is somebody else's. What is not read here is dropped. */
import { z } from 'zod';
import { isSnapId, isSnapName } from '../snap/names';

const text = z.string().max(20_000);
const word = z.string().max(300);
const name = z.string().max(200);

const snapName = z.string().refine(isSnapName);
const snapId = z.string().refine(isSnapId);
const revision = z.number().int().positive().max(0x7fff_ffff);
const size = z.number().int().nonnegative();
/** Stores say `application` and `os` where snaps say `app` and `core` (snapd snap/types.go). */
const snapType = z.string().max(40).transform((type) => ({ application: 'app', os: 'core' })[type] ?? type);
const base = word.nullish().transform((value) => value || null);

const publisher = z
  .object({ id: name.default(''), username: name.default(''), 'display-name': word.default(''), validation: name.default('unproven') })
  .transform((p) => ({ id: p.id, username: p.username, displayName: p['display-name'], validation: p.validation }));

const storeError = z.object({ code: name.default(''), message: z.string().max(100_000).default('') });
const errorList = z.array(storeError).max(1000);

/** `error-list`, its older spelling, or the first version's single object. */
export const errorAnswer = z.union([
  z.object({ 'error-list': errorList }).transform((a) => a['error-list']),
  z.object({ error_list: errorList }).transform((a) => a.error_list),
  z.object({ status: z.number(), title: text.optional(), detail: text.optional() }).transform((a) => [{ code: String(a.status), message: a.detail ?? a.title ?? '' }]),
]);

const download = z.object({ 'sha3-384': z.string().regex(/^[0-9a-f]{96}$/), size, url: z.url().max(4000) });

export const infoAnswer = z.object({
  name: snapName,
  'snap-id': snapId,
  snap: z.object({ title: word.default(''), summary: word.default(''), publisher }),
  'channel-map': z
    .array(
      z.object({
        channel: z.object({ architecture: name, name: name.optional(), track: name, risk: name }),
        revision,
        version: word.default(''),
        base,
        type: snapType.default('app'),
        'snap-yaml': z.string().max(1_000_000).nullish(),
        download: z.object({ size: size.default(0) }).prefault({}),
      }),
    )
    .max(10_000),
});
export type InfoAnswer = z.infer<typeof infoAnswer>;

export const findAnswer = z.object({
  results: z
    .array(
      z.object({
        name: snapName,
        'snap-id': snapId,
        snap: z.object({ title: word.optional(), summary: word.optional(), publisher: publisher.optional() }).prefault({}),
        revision: z.object({ title: word.optional(), summary: word.optional(), publisher: publisher.optional(), type: snapType.default('app'), base }).prefault({}),
      }),
    )
    .max(10_000),
});
export type FindAnswer = z.infer<typeof findAnswer>;

const links = z.record(name, z.array(z.string().max(2000)).max(50)).nullish().transform((value) => value ?? {});

/** Beside a snap's own file; its components are those of a type `component/…` (snapd store/details_v2.go). */
const resource = z.object({ name, type: name, revision, version: word.nullish().transform((value) => value ?? ''), download });

const actionSnap = z.object({
  name: snapName,
  'snap-id': snapId,
  revision,
  version: word.default(''),
  type: snapType.default('app'),
  base,
  architectures: z.array(name).max(30).default([]),
  confinement: z.enum(['strict', 'devmode', 'classic']).catch('strict'),
  publisher,
  download,
  private: z.boolean().default(false),
  contact: z.string().max(2000).nullish().transform((value) => value ?? ''),
  website: z.string().max(2000).nullish().transform((value) => value ?? ''),
  links,
  'snap-yaml': z.string().max(1_000_000).nullish().transform((value) => value ?? ''),
  resources: z.array(resource).max(1000).nullish().transform((value) => value ?? []),
});

const release = z.object({ architecture: name.default(''), channel: name });

export const actionResult = z.discriminatedUnion('result', [
  z.object({ result: z.literal('download'), 'instance-key': name, name: name.optional(), 'effective-channel': name.nullish(), 'redirect-channel': name.nullish(), snap: actionSnap }),
  z.object({
    result: z.literal('error'),
    'instance-key': name,
    name: name.nullish(),
    error: storeError.extend({ extra: z.object({ releases: z.array(release).max(1000).nullish() }).nullish() }),
  }),
]);
export type ActionResult = z.infer<typeof actionResult>;

export const refreshAnswer = z.object({ results: z.array(actionResult).max(1000), 'error-list': errorList.nullish() });
