import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { decodeStream } from '@/lib/assertion/decode';
import { encodeAssertion, encodeStream } from '@/lib/assertion/encode';
import type { Headers } from '@/lib/assertion/assertion';
import { concat, utf8 } from '@/lib/bytes';
import { SNAPD_CHECKS } from '@/lib/keys/assertion-checks';
import { generateSigningKey } from '@/lib/keys/generate';
import { signAssertion } from '@/lib/keys/sign';
import { verifySignature } from '@/lib/keys/verify';
import { judgeHeaders } from '@/lib/model/judge';

const STREAM = 10_000;
const ROUNDS = 5;
const SECONDS = 2;

const MODEL: Headers = {
  type: 'model',
  'authority-id': 'acme',
  series: '16',
  'brand-id': 'acme',
  model: 'bench',
  architecture: 'amd64',
  base: 'core24',
  grade: 'signed',
  'display-name': 'Acme Bench',
  snaps: [
    { name: 'snapd', type: 'snapd', 'default-channel': 'latest/stable', id: 'PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4' },
    { name: 'pc', type: 'gadget', 'default-channel': '24/stable', id: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH' },
    { name: 'pc-kernel', type: 'kernel', 'default-channel': '24/stable', id: 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza' },
    { name: 'core24', type: 'base', 'default-channel': 'latest/stable', id: 'dwTAh7MZZ01zyriOZErqd1JynQLiOGvM' },
  ],
  timestamp: '2026-01-01T00:00:00Z',
};

/** What the core does in a second on one core, and what openssl does beside it: all that signing and verifying can be. */
export async function runCoreBench(): Promise<void> {
  const key = await generateSigningKey();
  const time = new Date('2026-01-01T00:00:00Z');
  const signed = await signAssertion({ headers: MODEL, key, time, checks: SNAPD_CHECKS });
  const one = concat(encodeAssertion(signed), utf8('\n'));
  const stream = concat(...Array.from({ length: STREAM }, () => one)).subarray(0, -1);

  const parsed = await seconds(() => decodeStream(stream));
  const checked = await seconds(() => decodeStream(stream, { checks: SNAPD_CHECKS }));
  const written = await seconds(((all) => () => encodeStream(all))(decodeStream(stream)));
  const rate = { verify: await perSecond(() => verifySignature(signed, key.publicKey)), judge: await perSecond(() => judgeHeaders(MODEL)), sign: await perSecond(() => signAssertion({ headers: MODEL, key, time, checks: SNAPD_CHECKS })) };
  const openssl = await opensslSpeed();

  console.log(`\nOne core, models of ${one.length - 1} bytes with ${(MODEL.snaps as unknown[]).length} snaps; a stream of ${STREAM} of them has ${(stream.length / 1e6).toFixed(1)} MB. Median of ${ROUNDS} (least to most):`);
  streamRow('parse the stream', parsed, stream.length);
  streamRow('  with every rule of snapd', checked, stream.length);
  streamRow('write it again', written, stream.length);
  rateRow('check a model', rate.judge);
  rateRow('verify, RSA 4096', rate.verify);
  rateRow('  openssl speed rsa4096', openssl?.verify);
  rateRow('sign, checked and verified', rate.sign);
  rateRow('  openssl speed rsa4096', openssl?.sign);
}

async function seconds(work: () => unknown): Promise<number[]> {
  work();
  const taken: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const from = performance.now();
    await work();
    taken.push((performance.now() - from) / 1000);
  }
  return taken.sort((a, b) => a - b);
}

/** Of calls one after the other, for a while, after a while of warming up. */
async function perSecond(work: () => unknown): Promise<number> {
  const during = async (limit: number): Promise<number> => {
    const from = performance.now();
    for (let calls = 1; ; calls += 1) {
      await work();
      const elapsed = (performance.now() - from) / 1000;
      if (elapsed >= limit) return calls / elapsed;
    }
  };
  await during(SECONDS / 4);
  return during(SECONDS);
}

/** Undefined where there is no openssl. */
async function opensslSpeed(): Promise<{ sign: number; verify: number } | undefined> {
  try {
    const { stdout } = await promisify(execFile)('openssl', ['speed', '-seconds', String(SECONDS), 'rsa4096']);
    const [sign, verify] = /^rsa 4096 bits.* ([\d.]+) +([\d.]+)$/m.exec(stdout)?.slice(1).map(Number) ?? [];
    return sign === undefined || verify === undefined ? undefined : { sign, verify };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function streamRow(name: string, taken: number[], bytes: number): void {
  const median = taken[Math.floor(taken.length / 2)]!;
  console.log(`  ${name.padEnd(28)} ${Math.round(STREAM / median).toString().padStart(8)} /s  ${(bytes / 1e6 / median).toFixed(0).padStart(4)} MB/s   ${median.toFixed(3)} s (${taken[0]!.toFixed(3)} to ${taken.at(-1)!.toFixed(3)})`);
}

const rateRow = (name: string, rate: number | undefined): void => console.log(`  ${name.padEnd(28)} ${(rate === undefined ? 'no openssl' : Math.round(rate).toString()).padStart(8)} /s`);
