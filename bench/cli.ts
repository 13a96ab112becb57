import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { draftFromTemplate } from '@/lib/model/templates';
import { makeSet, stubId, type MadeSet } from '@/lib/prepare/testing/make-set';
import { demoSnaps } from '../workers/testing/demo-snaps';
import { buildWithPlainTools, timed, type Step } from './plain-tools';

const CACHE = join(import.meta.dirname, '../node_modules/.cache/imprint');
const IMPRINT = join(import.meta.dirname, '../scripts/imprint.mjs');
const ROUNDS = 5;
const TEMPLATE = 'amd64-core24';

/** Whole commands, each in a process of its own with warm files, beside plain tools on the same bytes. */
export async function runCliBench(): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'bench-'));
  try {
    const set = await makeDemoSet(join(folder, 'set'));
    measureStarts(set);
    await measureBuilds(set, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type DemoSet = MadeSet & { /** Its file name. */ gadget: string };

/** The large demo set as a folder of snaps with all that is signed about them. */
async function makeDemoSet(folder: string): Promise<DemoSet> {
  const template = draftFromTemplate(TEMPLATE, { name: 'kiosk', displayName: 'Kiosk', grade: 'dangerous' });
  const wanted = template.snaps as { name: string; 'default-channel': string }[];
  const made = await demoSnaps({ padded: true });
  const snaps = wanted.map(({ name, 'default-channel': channel }) => {
    const ofName = made.filter((snap) => snap.name === name);
    const { file, releases } = ofName.find((snap) => snap.releases.some((each) => each.channel === channel))!;
    return { name, file, revision: releases[0]!.revision };
  });
  const entries = wanted.map((snap) => ({ ...snap, id: stubId(snap.name) }));
  const model = { ...template, 'brand-id': 'acme', snaps: entries };
  const { revision } = snaps.find(({ name }) => name === 'pc')!;
  return { ...(await makeSet(folder, { model, snaps })), gadget: `pc_${revision}.snap` };
}

const imprint = (args: string[], env: Record<string, string> = {}): number =>
  timed(process.execPath, [IMPRINT, ...args], { env: { ...process.env, ...env } });

function measureStarts({ model }: MadeSet): void {
  const rounds = (work: () => number): number[] => Array.from({ length: ROUNDS }, work);
  imprint(['--help']);
  console.log(`\nSmall commands; of ${ROUNDS} the median (least to most):`);
  row('node -e 0', rounds(() => timed(process.execPath, ['-e', '0'])));
  row('key id --help', rounds(() => imprint(['key', 'id', '--help'])));
  row('assertion inspect', rounds(() => imprint(['assertion', 'inspect', model])));
  row('--help', rounds(() => imprint(['--help'])));
}

const ROWS = {
  known: 'digests of the snaps remembered',
  unknown: 'nothing remembered',
  cp: 'cp of the image',
  openssl: 'openssl dgst -sha256 of it',
  sha256sum: 'sha256sum of it',
};
type Row = keyof typeof ROWS;

async function measureBuilds(set: DemoSet, folder: string): Promise<void> {
  const [out, copy] = [join(folder, 'out'), join(folder, 'copy')];
  const image = join(out, 'pc.img');
  const { model, snaps, assertions, roots } = set;
  const from = ['--model', model, '--snaps', snaps, '--assertions', assertions, '--trusted', roots];
  const build = ['image', 'build', ...from, '--format', 'img', '--out', out];
  const make = (cache: string): number => {
    spawnSync('rm', ['-rf', out]);
    return imprint(build, { XDG_CACHE_HOME: join(folder, cache) });
  };
  make('cache');
  const { size: sizeBytes } = await stat(image);
  const taken: Record<Row, number[]> = { known: [], unknown: [], cp: [], openssl: [], sha256sum: [] };
  const plain: Step[][] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    taken.unknown.push(make(`empty-${round}`));
    taken.known.push(make('cache'));
    taken.cp.push(timed('cp', [image, copy]));
    await rm(copy);
    taken.openssl.push(timed('openssl', ['dgst', '-sha256', image]));
    plain.push(buildWithPlainTools({ ...set, sizeBytes }, join(folder, 'plain')));
  }
  // Once: it takes many times as long as all others.
  taken.sha256sum.push(timed('sha256sum', [image]));
  spawnSync('rm', ['-rf', out]);
  const memoryBytes = peakBytes(build, join(folder, 'cache'));
  print({ sizeBytes, taken, plain, memoryBytes });
}

/** The most memory that the command holds, told by itself when it ends. */
function peakBytes(build: string[], cache: string): number {
  const tell = "process.on('exit', () => process.stderr.write(String(process.resourceUsage().maxRSS)))";
  const args = ['--import', `data:text/javascript,${tell}`, IMPRINT, ...build];
  const env = { ...process.env, XDG_CACHE_HOME: cache };
  const { stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  return Number(/\d+$/.exec(stderr)?.[0]) * 1024;
}

type Measured = { sizeBytes: number; taken: Record<Row, number[]>; plain: Step[][]; memoryBytes: number };

function print({ sizeBytes, taken, plain, memoryBytes }: Measured): void {
  const image = `image build --format img of ${(sizeBytes / 1e6).toFixed(0)} MB`;
  console.log(`\n${image}, the whole command; of ${ROUNDS} the median (least to most):`);
  const peer = plain.map((steps) => steps.reduce((sum, { seconds }) => sum + seconds, 0));
  row(ROWS.known, taken.known);
  row(ROWS.unknown, taken.unknown);
  row('plain tools', peer);
  for (const [i, { name }] of plain[0]!.entries()) row(`  ${name}`, plain.map((steps) => steps[i]!.seconds));
  for (const name of ['cp', 'openssl', 'sha256sum'] as const) row(ROWS[name], taken[name]);
  const ratio = (name: Row): string => (median(peer) / median(taken[name])).toFixed(1).padStart(8);
  const label = 'plain tools take, digests known'.padEnd(LABEL);
  console.log(`  ${label} ${ratio('known')} times as long (4 wanted)`);
  console.log(`  ${'  nothing remembered'.padEnd(LABEL)} ${ratio('unknown')} times as long`);
  console.log(`  ${'memory, peak'.padEnd(LABEL)} ${(memoryBytes / 1e6).toFixed(0).padStart(8)} MB`);
}

const LABEL = 34;
const sorted = (values: number[]): number[] => [...values].sort((a, b) => a - b);
const median = (values: number[]): number => sorted(values)[Math.floor(values.length / 2)]!;

function row(name: string, values: number[]): void {
  const [least, most] = [Math.min(...values).toFixed(2), Math.max(...values).toFixed(2)];
  console.log(`  ${name.padEnd(LABEL)} ${median(values).toFixed(2).padStart(8)} s  (${least} to ${most})`);
}
