import { AppError } from '../errors';
import { readRefusal } from './body';
import { TryAgain } from './retry';
import { Mismatch } from './sink';
import type { Sink } from './sink';
import type { Downloadable } from './snap-cache';
import type { Answer, Transport } from './transport';

/** A connection that broke is taken up again without delay or limit as long as each brings at least this much. */
const PROGRESS_BYTES = 256 * 1024;

export type Receiving = { snap: Downloadable; headers: Record<string, string>; sink: Sink; signal: AbortSignal };

/** Content that is wrong is fetched once more from the start, as snapd does (snapd store/store_download.go); after that it is an AppError `snap-size` or `snap-digest`. */
export async function receiveVerified(transport: Transport, receiving: Receiving): Promise<void> {
  const { snap, sink } = receiving;
  for (let last = false; ; last = true) {
    try {
      await receive(transport, receiving);
      return await sink.assertIs(snap);
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error;
      if (last) throw error.toAppError(snap);
      await sink.restart();
    }
  }
}

/** Receives `sizeBytes` bytes, taking up again where a connection broke. */
async function receive(transport: Transport, { snap, headers, sink, signal }: Receiving): Promise<void> {
  const { host } = new URL(snap.downloadUrl);
  const once = async () => {
    const from = sink.received;
    const range: Record<string, string> = from > 0 ? { Range: `bytes=${from}-` } : {};
    const answer = await transport.open({ method: 'GET', url: snap.downloadUrl, headers: { ...headers, ...range }, signal });
    try {
      await beginAt(answer, from, snap, sink, host, transport.now());
    } catch (error) {
      answer.discard();
      throw error;
    }
    try {
      for await (const chunk of answer.read()) await sink.write(chunk, snap.sizeBytes);
    } catch (error) {
      if (!(error instanceof TryAgain) || sink.received - from < PROGRESS_BYTES) throw error;
      return 'more';
    }
    if (sink.received !== snap.sizeBytes) throw new Mismatch('snap-size', sink.received);
    return 'done';
  };
  while ((await transport.retry(host, signal, once)) === 'more') signal.throwIfAborted();
}

/** Checks that what follows belongs at `from`; empties the sink when the server will only send the whole file. */
async function beginAt(answer: Answer, from: number, snap: Downloadable, sink: Sink, host: string, now: number): Promise<void> {
  if (answer.status !== 200 && answer.status !== 206) throw await whyNot(answer, snap, host, now);
  if ((answer.header('content-encoding') ?? 'identity') !== 'identity') throw new TryAgain(`${host} sent the snap ${snap.name} in a content encoding that was not asked for`);
  if (answer.status === 206) {
    const [, start, whole] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.header('content-range') ?? '') ?? [];
    if (start === undefined || Number(start) !== from) throw new TryAgain(`${host} sent another part of the snap ${snap.name} than was asked for`);
    if (Number(whole) !== snap.sizeBytes) throw new Mismatch('snap-size', Number(whole));
    return;
  }
  const length = answer.header('content-length');
  if (length !== undefined && Number(length) !== snap.sizeBytes) throw new Mismatch('snap-size', Number(length));
  if (from > 0) await sink.restart();
}

async function whyNot(answer: Answer, snap: Downloadable, host: string, now: number): Promise<Error> {
  const { status } = answer;
  if (status === 416) return new Mismatch('snap-size', 'fewer');
  if (status === 402) return new AppError('store-refused', `The snap ${snap.name} must be bought before it can be downloaded.`, { details: { snap: snap.name } });
  if (status === 404 || status === 410) return new AppError('store-refused', `${host} no longer has the file of the snap ${snap.name}. Start the build again, so that the store is asked anew.`, { details: { snap: snap.name, status } });
  const refusal = await readRefusal(answer, host, now);
  return refusal === 'missing' ? new TryAgain(`${host} answered ${status}`) : refusal;
}
