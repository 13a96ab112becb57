import type { BuildLock } from '../build/lock';
import { LOCAL_REVISION, revisionWord } from '../seed/seed-snap';

/** Hashes as node:crypto and crypto.subtle have it; the core has none of its own. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** A file that goes out. `fileName` has no folder; `sha256` is lower-case hexadecimal. */
export type EvidenceFile = { fileName: string; sizeBytes: number; sha256: string };

/** The image in one of the forms that it is downloaded in: `raw`, `zst`, `xz`, `gz`, `qcow2`. */
export type EvidenceImage = EvidenceFile & { form: string };

/** Something beside the image: its model, its lock, its lists. */
export type EvidenceSideFile = EvidenceFile & { mediaType: string };

export type EvidenceComponent = { name: string; /** undefined: no assertion speaks of it. */ revision: number | undefined; sha3_384: string; sizeBytes: number };

export type EvidenceSnap = {
  name: string;
  /** Absent for a file that no assertion speaks of. */
  snapId: string | undefined;
  /** undefined for a file that no assertion speaks of; shown as `x1`. */
  revision: number | undefined;
  /** Of snap.yaml; empty where nothing is said. */
  version: string;
  /** snapd's word: `app`, `base`, `gadget`, `kernel`, `core`, `snapd`. */
  type: string;
  /** Lower-case hexadecimal, as is `sha256`, which is told where it is known. */
  sha3_384: string;
  sha256?: string | undefined;
  sizeBytes: number;
  /** As the seed records it; empty for none. */
  channel: string;
  /** undefined where no assertion tells. */
  publisher: { accountId: string; displayName: string } | undefined;
  /** As its author wrote it in snap.yaml; empty or absent where nothing is said. */
  license?: string | undefined;
  /** Name of the snap that it runs on. */
  base?: string | undefined;
  components?: EvidenceComponent[] | undefined;
};

/** `pinned`: the model or the options fixed the sequence. `snaps`: names of those whose revision the set fixes. */
export type EvidenceValidationSet = { accountId: string; name: string; sequence: number; pinned: boolean; snaps: string[] };

export type EvidenceModel = {
  name: string;
  revision: number;
  brandId: string;
  architecture: string;
  /** Empty for a model of Ubuntu Core 16. */
  base: string;
  /** undefined for models older than grades. */
  grade: string | undefined;
  /** Of the encoded assertion, lower-case hexadecimal. */
  sha3_384: string;
  sha256: string;
  /** The key that it was signed with, in base64url as assertions have it. */
  signKeyId: string;
};

/** All that is told about an image. Nothing else goes into the evidence, so the same input gives the same bytes. */
export type EvidenceInput = {
  /** What built it. */
  product: { name: string; version: string };
  /** A URI: the address of the console that built it, or `COMMAND_LINE_BUILDER`. */
  builderId: string;
  brand: { accountId: string; name: string };
  /** undefined: built at the command line. */
  buildNumber: number | undefined;
  model: EvidenceModel;
  lock: BuildLock;
  /** In seed order. */
  snaps: EvidenceSnap[];
  validationSets: EvidenceValidationSet[];
  images: EvidenceImage[];
  sideFiles: EvidenceSideFile[];
  /** Seconds since 1970: the time that all documents bear. */
  epoch: number;
  /** RFC 3339, in UTC. They are told in the provenance alone. */
  startedOn?: string | undefined;
  finishedOn?: string | undefined;
};

/** What is known of an image once it is planned: with lock, forms and times it is the whole. */
export type EvidenceFacts = Pick<EvidenceInput, 'product' | 'brand' | 'model' | 'snaps' | 'validationSets'>;

/** `x1` for what no assertion speaks of. */
export const revisionText = (revision: number | undefined): string => revisionWord(revision ?? LOCAL_REVISION);

/** The epoch as documents write it: RFC 3339 in UTC, whole seconds. */
export const epochTime = (epoch: number): string => `${new Date(epoch * 1000).toISOString().slice(0, 19)}Z`;

type Named = Pick<EvidenceInput, 'model' | 'buildNumber'>;

/** `r1-build42`; `r1` at the command line. */
export const imageVersion = ({ model, buildNumber }: Named): string => `r${model.revision}${buildNumber === undefined ? '' : `-build${buildNumber}`}`;

/** What the image is called in documents: `acme-box-r1-build42`. */
export const imageName = (input: Named): string => `${input.model.name}-${imageVersion(input)}`;
