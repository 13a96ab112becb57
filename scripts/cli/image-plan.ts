import { tmpdir } from 'node:os';
import { segmentLength } from '../../lib/image/plan';
import { prepareImage, type PreparedImage } from '../../lib/prepare/prepare-image';
import { LocalStore } from '../../lib/storage/local-store';
import { expectFiles, JSON_OPTION } from './command';
import type { Command } from './command';
import { EXIT } from './failure';
import { quietStage, withImageInput } from './image-input';
import { IMAGE_OPTIONS } from './image-options';
import { jsonDocument } from './json';
import { withScratch } from './out-folder';

export const imagePlan: Command = {
  name: 'image plan',
  files: '',
  summary: 'Show what an image would be made of, and where each byte comes from',
  details: `Prepares an image as "image build" does and writes nothing but its plan: for each volume the partitions and, in order and without gaps, the segments:
"file" is a range of a snap, "bytes" are the image's own, "zeros" are not stored, and
nobody reads those that are free.`,
  options: { ...IMAGE_OPTIONS, json: JSON_OPTION },
  async run({ values, files, terminal }) {
    expectFiles(files, 0);
    const prepared = await withImageInput(values, terminal, (input, told) =>
      withScratch(tmpdir(), (scratch) => {
        return prepareImage({ ...input, content: new LocalStore(scratch), scratch }, quietStage(told));
      }),
    );
    const plan = describePlan(prepared);
    if (values.has('json')) await terminal.write(jsonDocument(plan, true));
    else for (const volume of plan.volumes) await terminal.write(asText(volume));
    return EXIT.ok;
  },
};

function describePlan({ images, snaps, lock, warnings, paths }: PreparedImage) {
  const names = new Map([...snaps.fromModel, ...snaps.extras].flatMap(({ found }) => [[found.sha3_384, found.name] as const, ...found.components.map((c) => [c.sha3_384, `${found.name}+${c.name}`] as const)]));
  return {
    label: lock.label,
    epoch: lock.epoch,
    snaps: lock.snaps.map(({ name, revision, channel, sha3_384, sizeBytes }) => ({ name, revision, channel, sha3_384, sizeBytes })),
    warnings,
    volumes: images.map(({ volume, plan }) => {
      let at = 0;
      const segments = plan.segments.map((segment) => {
        const start = at;
        const sizeBytes = segmentLength(segment);
        at += sizeBytes;
        const place = { offsetBytes: start, sizeBytes };
        const { kind } = segment;
        if (kind === 'zeros') return { ...place, kind, ...(segment.isFree && { free: true }) };
        if (segment.kind !== 'blob' || segment.isOwn) return { ...place, kind: 'bytes' as const };
        const { sha3_384, offset: fileOffsetBytes } = segment;
        const [source, file] = [names.get(sha3_384) ?? '', paths.get(sha3_384) ?? ''];
        return { ...place, kind: 'file' as const, source, path: file, sha3_384, fileOffsetBytes };
      });
      return { name: volume, sizeBytes: plan.sizeBytes, partitions: plan.partitions, segments };
    }),
  };
}

type DescribedSegment = ReturnType<typeof describePlan>['volumes'][number]['segments'][number];

function remarkOn(segment: DescribedSegment): string {
  if (segment.kind === 'file') return ` ${segment.source}`;
  return segment.kind === 'zeros' && segment.free ? ', free' : '';
}

function asText({ name, sizeBytes, partitions, segments }: ReturnType<typeof describePlan>['volumes'][number]): string {
  const lines = [
    `${name}: ${sizeBytes} bytes`,
    ...partitions.map((p) => `  partition ${p.number}  ${p.startBytes} + ${p.sizeBytes}  ${[p.name, p.role].filter(Boolean).join('  ')}`),
    ...segments.map((s) => `  ${s.offsetBytes} + ${s.sizeBytes}  ${s.kind}${remarkOn(s)}`),
  ];
  return `${lines.join('\n')}\n`;
}
