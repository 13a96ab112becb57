import path from 'node:path';
import { NO_OPTIONS, type ImageOptions } from '../../lib/prepare/options';
import { splitComponent } from '../../lib/snap/component-yaml';
import type { Option, Values } from './command';
import { Misuse } from './failure';
import type { Terminal } from './terminal';
import { parseTimeOption } from './times';

/** What every command that prepares an image takes. */
export const IMAGE_OPTIONS: Record<string, Option> = {
  model: { value: 'M.model', help: 'The signed model; whatever assertions stand beside it in the file are used too', required: true },
  store: { value: 'URL', help: 'Take snaps and assertions from this store' },
  snaps: { value: 'DIR', help: 'Take snaps from this folder' },
  assertions: { value: 'DIR', help: 'Take assertions from the files of this folder' },
  trusted: { value: 'ROOTS', help: "Believe these accounts and account-keys instead of Canonical's" },
  lock: { value: 'LOCK', help: 'Make the image of this lock again' },
  label: { value: 'LABEL', help: "Name of the recovery system (default: the lock's, or the day of the epoch)" },
  epoch: { value: 'TIME', help: 'Date of the image (default: the latest timestamp of what is seeded)' },
  channel: { value: 'CHANNEL', help: 'Channel for all snaps' },
  snap: { value: 'FILE|NAME[=CHANNEL]', help: 'A snap beside the model, an optional one of it, or another channel', many: true },
  comp: { value: 'FILE|SNAP+COMP', help: 'A component', many: true },
  revision: { value: 'NAME=N', help: 'Revision of a snap', many: true },
  assertion: { value: 'FILE', help: 'An assertion to seed beside', many: true },
  validation: { value: 'ignore|enforce', help: 'Whether the store enforces validation (default: enforce)' },
  'image-size': { value: '[VOLUME:]SIZE,…', help: 'Size of the image in bytes, or with M or G behind' },
  'size-profile': { value: 'full|flash', help: 'Room for all that devices make, or an image that ends behind what is written (default: full)' },
  'sector-size': { value: '512|4096', help: 'Logical sectors of the disk (default: 512)' },
  'allow-snapd-kernel-mismatch': { help: 'Take a kernel that was made with an older snapd' },
};

/** Throws Misuse. */
export function parseImageOptions(values: Values, { folder }: Terminal): ImageOptions {
  const sector = values.get('sector-size') ?? '512';
  if (sector !== '512' && sector !== '4096') throw new Misuse(`--sector-size ${sector} is neither 512 nor 4096.`);
  const profile = values.get('size-profile') ?? 'full';
  if (profile !== 'full' && profile !== 'flash') throw new Misuse(`--size-profile ${profile} is neither full nor flash.`);
  const validation = values.get('validation') ?? 'enforce';
  if (validation !== 'ignore' && validation !== 'enforce') throw new Misuse(`--validation ${validation} is neither ignore nor enforce.`);
  return {
    ...NO_OPTIONS,
    channel: values.get('channel') ?? '',
    snaps: values.all('snap').map((text) => parseSnap(text, folder)),
    components: values.all('comp').map((text) => (text.endsWith('.comp') ? { file: path.resolve(folder, text) } : (splitComponent(text) ?? misuse(`--comp ${text} is neither a file that ends in .comp nor <snap>+<component>.`)))),
    revisions: new Map(values.all('revision').map(parseRevision)),
    validation,
    allowKernelMismatch: values.has('allow-snapd-kernel-mismatch'),
    label: values.get('label'),
    epoch: values.has('epoch') ? Math.floor(parseTimeOption('epoch', values.get('epoch')!).getTime() / 1000) : undefined,
    sectorBytes: Number(sector) as 512 | 4096,
    profile,
    imageSizes: new Map((values.get('image-size') ?? '').split(',').filter(Boolean).map(parseImageSize)),
  };
}

function misuse(sentence: string): never {
  throw new Misuse(sentence);
}

function parseSnap(text: string, folder: string): ImageOptions['snaps'][number] {
  const [what = '', channel, ...rest] = text.split('=');
  if (what === '' || channel === '' || rest.length > 0) misuse(`--snap ${text} is not FILE, NAME or one of them with =CHANNEL.`);
  return what.endsWith('.snap') ? { file: path.resolve(folder, what), channel: channel ?? '' } : { name: what, channel: channel ?? '' };
}

function parseRevision(text: string): [name: string, revision: number] {
  const match = /^([^=]+)=([1-9][0-9]{0,8})$/.exec(text);
  return match ? [match[1]!, Number(match[2])] : misuse(`--revision ${text} is not NAME=N, N from 1 on.`);
}

const UNIT = { '': 1, M: 2 ** 20, G: 2 ** 30 } as const;

function parseImageSize(text: string): [volume: string, bytes: number] {
  const match = /^(?:([^:]*):)?([0-9]{1,15})([MG]?)$/.exec(text);
  return match ? [match[1] ?? '', Number(match[2]) * UNIT[match[3] as keyof typeof UNIT]] : misuse(`--image-size ${text} is not SIZE or VOLUME:SIZE, bytes or with M or G behind.`);
}
