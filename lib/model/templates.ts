import type { HeaderMap } from '../assertion/assertion';
import { AppError } from '../errors';
import { snapEntry } from './bases';
import type { DraftHeaders } from './draft';
import type { Grade } from './grades';

export type BoardTemplate = {
  id: string;
  /** What the card says. */
  board: string;
  title: string;
  sentence: string;
  architecture: 'amd64' | 'arm64';
  base: string;
  snaps: HeaderMap[];
};

/** The essential four of a board, in boot order. */
function essentialSnaps(gadget: string, kernel: string, track: string): HeaderMap[] {
  return [
    snapEntry('snapd', 'snapd', 'latest/stable'),
    snapEntry(kernel, 'kernel', `${track}/stable`),
    snapEntry(`core${track}`, 'base', 'latest/stable'),
    snapEntry(gadget, 'gadget', `${track}/stable`),
  ];
}

const pc = (track: string): BoardTemplate => ({
  id: `amd64-core${track}`,
  board: 'PC',
  title: `PC, amd64, Ubuntu Core ${track}`,
  sentence: 'Computers and virtual machines with UEFI and an Intel or AMD processor.',
  architecture: 'amd64',
  base: `core${track}`,
  snaps: essentialSnaps('pc', 'pc-kernel', track),
});

const armPc = (track: string): BoardTemplate => ({
  ...pc(track),
  id: `arm64-core${track}`,
  board: 'Arm PC',
  title: `PC, arm64, Ubuntu Core ${track}`,
  sentence: 'Computers and virtual machines with UEFI and an Arm processor.',
  architecture: 'arm64',
});

const pi = (track: string): BoardTemplate => ({
  id: `pi-arm64-core${track}`,
  board: 'Raspberry Pi',
  title: `Raspberry Pi, arm64, Ubuntu Core ${track}`,
  sentence: 'Raspberry Pi 3, 4, 5 and their Compute Modules.',
  architecture: 'arm64',
  base: `core${track}`,
  snaps: essentialSnaps('pi', 'pi-kernel', track),
});

export const TEMPLATES: readonly BoardTemplate[] = [pc('24'), pc('22'), armPc('24'), armPc('22'), pi('24'), pi('22')];

export const findTemplate = (id: string): BoardTemplate | undefined => TEMPLATES.find((template) => template.id === id);

/** A valid draft. Throws AppError `invalid` for a template that there is not. */
export function draftFromTemplate(id: string, { name, displayName, grade }: { name: string; displayName: string; grade: Grade }): DraftHeaders {
  const template = findTemplate(id);
  if (!template) {
    const message = `There is no board template ${id}. There are ${TEMPLATES.map((t) => t.id).join(', ')}.`;
    throw new AppError('invalid', message, { problems: [{ path: 'template', code: 'template-unknown', message }] });
  }
  return {
    model: name,
    ...(displayName === '' ? {} : { 'display-name': displayName }),
    architecture: template.architecture,
    base: template.base,
    grade,
    snaps: template.snaps.map((snap) => ({ ...snap })),
  };
}

/** A model name from what people call it: `Acme Kiosk 2` is acme-kiosk-2. Empty when nothing of it can be used. */
export function nameFromDisplayName(displayName: string): string {
  const plain = displayName.normalize('NFKD').replace(/\p{Mark}/gu, '').toLowerCase();
  return plain.replace(/[^a-z0-9]+/g, '-').slice(0, 128).replace(/^-+|-+$/g, '');
}
