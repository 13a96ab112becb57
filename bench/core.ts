import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { decodeStream } from '@/lib/assertion/decode';
import { encodeAssertion, encodeStream } from '@/lib/assertion/encode';
import type { Assertion, Headers } from '@/lib/assertion/assertion';
import { concat, utf8 } from '@/lib/bytes';
import { SNAPD_CHECKS } from '@/lib/keys/assertion-checks';
import { generateSigningKey } from '@/lib/keys/generate';
import { signAssertion } from '@/lib/keys/sign';
import { verifySignature } from '@/lib/keys/verify';
import type { SigningKey } from '@/lib/keys/signing-key';
import { judgeHeaders } from '@/lib/model/judge';
import { verifyAll } from '@/lib/trust/verify-all';

const STREAM = 10_000;
/** Models of one brand, each signed, verified together with their chain. */
const CHAIN = 500;
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
  const chain = await makeChain(key, time);
  const verified = await seconds(() => verifyChain(chain));
  const openssl = await opensslSpeed();

  console.log(`\nOne core, models of ${one.length - 1} bytes with ${(MODEL.snaps as unknown[]).length} snaps; a stream of ${STREAM} of them has ${(stream.length / 1e6).toFixed(1)} MB. Median of ${ROUNDS} (least to most):`);
  row('parse the stream', parsed, STREAM, stream.length);
  row('  with every rule of snapd', checked, STREAM, stream.length);
  row('write it again', written, STREAM, stream.length);
  rateRow('check a model', rate.judge);
  rateRow('verify, RSA 4096', rate.verify);
  rateRow('  openssl speed rsa4096', openssl?.verify);
  row(`parse and verify a chain of ${CHAIN}`, verified, CHAIN, chain.stream.length);
  rateRow('sign, checked and verified', rate.sign);
  rateRow('  openssl speed rsa4096', openssl?.sign);
  console.log(`  ${'memory, peak'.padEnd(LABEL)} ${(process.resourceUsage().maxRSS / 1024).toFixed(0).padStart(8)} MB`);
}

type Chain = { trusted: Uint8Array; stream: Uint8Array };

/** One key is root and brand at once; the models come before what vouches for them. */
async function makeChain(key: SigningKey, time: Date): Promise<Chain> {
  const sign = (headers: Headers, body?: string) => signAssertion({ headers: { timestamp: '2026-01-01T00:00:00Z', ...headers }, key, time, checks: SNAPD_CHECKS, ...(body !== undefined && { body: utf8(body) }) });
  const account = (id: string) => sign({ type: 'account', 'authority-id': 'root', 'account-id': id, 'display-name': id, validation: 'verified' });
  const rootKey = await sign({ type: 'account-key', 'authority-id': 'root', 'account-id': 'root', 'public-key-sha3-384': key.keyId, since: '2026-01-01T00:00:00Z' }, key.encodedPublicKey);
  const models: Assertion[] = [];
  for (let i = 0; i < CHAIN - 1; i += 1) models.push(await sign({ ...MODEL, 'authority-id': 'root', 'brand-id': 'root', model: `bench-${i}` }));
  return { trusted: encodeStream([await account('root'), rootKey]), stream: encodeStream([...models, await account('acme')]) };
}

function verifyChain({ trusted, stream }: Chain): void {
  const checks = { checks: SNAPD_CHECKS };
  const outcomes = verifyAll(decodeStream(stream, checks), { trusted: decodeStream(trusted, checks), now: new Date('2026-07-01T00:00:00Z') });
  const broken = outcomes.find(({ ok }) => !ok);
  if (broken || outcomes.length !== CHAIN) throw new Error(`the chain of the bench does not hold: ${JSON.stringify(broken)}`);
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
    // By the clock on the wall, as everything else here: its own figure is for the time that it had the core.
    const { stdout } = await promisify(execFile)('openssl', ['speed', '-elapsed', '-seconds', String(SECONDS), 'rsa4096']);
    const [sign, verify] = /^rsa 4096 bits.* ([\d.]+) +([\d.]+)$/m.exec(stdout)?.slice(1).map(Number) ?? [];
    return sign === undefined || verify === undefined ? undefined : { sign, verify };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

const LABEL = 32;

function row(name: string, taken: number[], count: number, bytes: number): void {
  const median = taken[Math.floor(taken.length / 2)]!;
  console.log(`  ${name.padEnd(LABEL)} ${Math.round(count / median).toString().padStart(8)} /s  ${(bytes / 1e6 / median).toFixed(0).padStart(4)} MB/s   ${median.toFixed(3)} s (${taken[0]!.toFixed(3)} to ${taken.at(-1)!.toFixed(3)})`);
}

const rateRow = (name: string, rate: number | undefined): void => console.log(`  ${name.padEnd(LABEL)} ${(rate === undefined ? 'no openssl here' : `${Math.round(rate).toString().padStart(8)} /s`)}`);
