import type { ModelSnap } from '../model/model';
import type { ComponentInfo } from '../snap/component-yaml';
import type { SnapInfo } from '../snap/snap-yaml';

/** What of a snap.yaml decides about a seed before the file itself is at hand: a store says as much. */
export type SnapFacts = Pick<SnapInfo, 'type' | 'base' | 'architectures' | 'confinement'>;

/** The revision of a snap or component that no assertion speaks of; shown as `x1` (snapd snap/revision.go). */
export const LOCAL_REVISION = -1;
export const revisionWord = (revision: number): string => (revision < 0 ? `x${-revision}` : String(revision));

/** A component as it was found: `snap+component`. */
export type FoundComponent = { name: string; /** Negative: unasserted. */ revision: number; sha3_384: string; sizeBytes: number; info?: ComponentInfo };

/** A snap that can be had, from a store or from a file. `Facts` grow from what a store says to the whole snap.yaml. */
export type FoundSnap<Facts extends SnapFacts = SnapFacts> = {
  name: string;
  /** undefined: no assertion speaks of its bytes. */
  snapId: string | undefined;
  revision: number;
  /** Lower-case hexadecimal. */
  sha3_384: string;
  sizeBytes: number;
  facts: Facts;
  /** The channel the store sent to instead of the one asked for. */
  redirectChannel?: string | undefined;
  components: FoundComponent[];
};

/** A snap that goes into the seed. */
export type ChosenSnap<Facts extends SnapFacts = SnapFacts> = {
  found: FoundSnap<Facts>;
  /** undefined: an extra that the model does not have. */
  modelSnap: ModelSnap | undefined;
  /** As the seed records it. */
  channel: string;
  /** A file of the caller's, not one that the store gave. */
  local: boolean;
  /** Somebody named it beside the model. */
  isOption: boolean;
};

/** Modes it is there in; what the model does not have is there in `run` alone (snapd seed/seedwriter/writer.go, SeedSnap.modes). */
export const modesOf = ({ modelSnap }: Pick<ChosenSnap, 'modelSnap'>): readonly string[] => modelSnap?.modes ?? ['run'];

/** Ids decide where both sides have one, names otherwise (snapd snap/naming/snapref.go). */
export const isSameSnap = (a: { name: string; snapId?: string | undefined }, b: { name: string; snapId?: string | undefined }): boolean => (a.snapId && b.snapId ? a.snapId === b.snapId : a.name === b.name);
