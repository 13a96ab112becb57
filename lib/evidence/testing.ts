import { createHash } from 'node:crypto';
import type { EvidenceInput, EvidenceSnap, Sha256 } from './input';

/** For tests. */
export const sha256: Sha256 = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

const hex = (digit: string, length: number): string => digit.repeat(length);

const CANONICAL = { accountId: 'canonical', displayName: 'Canonical' };

const SNAPS: EvidenceSnap[] = [
  { name: 'snapd', snapId: 'PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4', revision: 21759, version: '2.63', type: 'snapd', sha3_384: hex('1', 96), sizeBytes: 4096, channel: 'latest/stable', publisher: CANONICAL, license: 'GPL-3.0' },
  {
    name: 'pc-kernel',
    snapId: 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza',
    revision: 1938,
    version: '6.8.0-40.40',
    type: 'kernel',
    sha3_384: hex('2', 96),
    sha256: hex('b', 64),
    sizeBytes: 8192,
    channel: '24/stable',
    publisher: CANONICAL,
    components: [{ name: 'wifi', revision: 7, sha3_384: hex('3', 96), sizeBytes: 512 }],
  },
  { name: 'core24', snapId: 'dwTAh7MZZ01zyriOZErqd1JynQLiOGvM', revision: 490, version: '20240710', type: 'base', sha3_384: hex('4', 96), sizeBytes: 4096, channel: 'latest/stable', publisher: CANONICAL },
  { name: 'pc', snapId: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH', revision: 178, version: '24-0.1', type: 'gadget', sha3_384: hex('5', 96), sizeBytes: 4096, channel: '24/stable', publisher: CANONICAL, base: 'core24' },
  { name: 'box-app', snapId: undefined, revision: undefined, version: '', type: 'app', sha3_384: hex('6', 96), sizeBytes: 4096, channel: '', publisher: undefined, license: 'Proprietary', base: 'core24' },
];

/** An image as a brand would build it, with a snap of each sort; `lock` says the same of the snaps. */
export function sampleInput(change: Partial<EvidenceInput> = {}): EvidenceInput {
  const model = { name: 'acme-box', revision: 1, brandId: 'acme', architecture: 'amd64', base: 'core24', grade: 'dangerous', sha3_384: hex('7', 96), sha256: hex('8', 64), signKeyId: 'k'.repeat(64) };
  const snaps = change.snaps ?? SNAPS;
  return {
    product: { name: 'Imprint', version: '0.1.0' },
    builderId: 'https://console.example',
    brand: { accountId: 'acme', name: 'Acme (Devices) Ltd' },
    buildNumber: 42,
    model,
    lock: lockOf(change.model ?? model, snaps),
    snaps,
    validationSets: [],
    images: [
      { fileName: 'acme-box-r1-build42.img.zst', form: 'zst', sizeBytes: 10, sha256: hex('c', 64) },
      { fileName: 'acme-box-r1-build42.img', form: 'raw', sizeBytes: 20, sha256: hex('d', 64) },
    ],
    sideFiles: [{ fileName: 'acme-box-r1-build42.model', mediaType: 'application/x.ubuntu.assertion', sizeBytes: 3, sha256: hex('8', 64) }],
    epoch: 1_767_225_600,
    ...change,
  };
}

const lockOf = (model: EvidenceInput['model'], snaps: readonly EvidenceSnap[]): EvidenceInput['lock'] => ({
  format: 2,
  model: { brandId: model.brandId, model: model.name, revision: model.revision, sha3_384: model.sha3_384 },
  label: '20260101',
  epoch: 1_767_225_600,
  sectorSize: 512,
  sizeProfile: 'full',
  imageSizes: {},
  bootFlags: [],
  snaps: snaps.map(({ name, snapId, revision, type, sha3_384, sizeBytes, channel, components = [] }) => ({
    name,
    ...(snapId !== undefined && { snapId }),
    type,
    revision: revision ?? -1,
    sha3_384,
    sizeBytes,
    channel,
    inModel: true,
    auxInfo: { private: false, contact: '', links: {} },
    components: components.map((component) => ({ ...component, revision: component.revision ?? -1 })),
  })),
  validationSets: [],
  assertions: [{ type: 'account', primaryKey: ['acme'], revision: 0, sha3_384: hex('9', 96) }],
  extraAssertions: [],
});
