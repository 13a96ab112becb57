import { LATEST } from '../snapstore/assertion-path';
import type { SnapCache } from '../snapstore/snap-cache';
import type { ResolvedSnap, SnapStore, SnapWanted } from '../snapstore/snap-store';
import { AppError } from '../errors';
import { SNAP_TYPES, type SnapType } from '../snap/names';
import { parseSnapYaml, type SnapInfo } from '../snap/snap-yaml';
import type { OfferedSnap, SnapSource, Wanted } from './source';

/** Snaps of a store, kept in the cache by their digests. */
export function storeSource(store: SnapStore, cache: SnapCache): SnapSource {
  return {
    async find(wanted, { architecture, storeId }, signal) {
      const asked = wanted.map(({ name, snapId, channel, revision, validation }): SnapWanted => ({
        name,
        ...(snapId !== undefined && { snapId }),
        ...(revision === undefined ? { channel } : { revision }),
        ...(validation && { validation }),
      }));
      const answers = await store.resolve(asked, { architecture, ...(storeId !== undefined && { storeId }), ...(signal && { signal }) });
      return answers.map((answer, i): OfferedSnap => ({
        name: answer.name,
        snapId: answer.snapId,
        revision: answer.revision,
        version: answer.version,
        sha3_384: answer.sha3_384,
        sizeBytes: answer.sizeBytes,
        downloadUrl: answer.downloadUrl,
        publisher: { id: answer.publisher.id, displayName: answer.publisher.displayName },
        facts: { type: typeOf(answer.type), base: answer.base ?? undefined, architectures: answer.architectures, confinement: answer.confinement },
        said: readSaid(answer.snapYaml),
        about: { private: answer.private, contact: answer.contact, website: answer.website, links: answer.links },
        // What was asked for is recorded as it was asked for.
        redirectChannel: wanted[i]!.revision === undefined && answer.channel !== wanted[i]!.channel ? answer.channel : '',
        components: componentsOf(wanted[i]!, answer),
      }));
    },
    async fetch({ name, sha3_384, sizeBytes, downloadUrl = '' }, { signal, device, onBytes } = {}) {
      return cache.fetch({ name, sha3_384, sizeBytes, downloadUrl }, { ...(signal && { signal }), ...(onBytes && { onBytes }), ...(device && { device: { architecture: device.architecture, ...(device.storeId !== undefined && { storeId: device.storeId }) } }) });
    },
    assertion: (type, primaryKey, signal, maxFormat) =>
      store.assertion(type, primaryKey, {
        ...(signal && { signal }),
        ...(maxFormat !== undefined && { maxFormat }),
      }),
    latest: (type, sequenceKey, signal) =>
      store.assertion(type, [...sequenceKey, LATEST], { ...(signal && { signal }) }),
  };
}

/** None where it cannot be read: the store took it, and the file itself is read later. */
function readSaid(yaml: string): SnapInfo | undefined {
  try {
    return yaml === '' ? undefined : parseSnapYaml(yaml);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** Those that are wanted, in the order in which they are. Throws AppError `component-unknown`. */
function componentsOf({ name, components }: Wanted, { revision, resources }: ResolvedSnap): OfferedSnap['components'] {
  const offered = resources.filter(({ type }) => type.startsWith('component/'));
  return components.map((component) => {
    const found = offered.find((each) => each.name === component);
    if (found) return { name: component, revision: found.revision, sha3_384: found.sha3_384, sizeBytes: found.sizeBytes, downloadUrl: found.downloadUrl };
    const has = offered.length === 0 ? 'no components at all' : offered.map((each) => each.name).join(', ');
    throw new AppError('component-unknown', `The store has no component ${name}+${component} for revision ${revision} of its snap, which has ${has}. Take it out of the model, or choose a channel that has it.`);
  });
}

const typeOf = (type: string): SnapType => SNAP_TYPES.find((known) => known === (type === 'os' ? 'core' : type)) ?? 'app';
