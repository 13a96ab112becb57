import { expect, it } from 'vitest';
import { orStopped, together } from './together';

const never = new AbortController().signal;
/** Ends when it is told to stop, a little after. */
const untilStopped = (signal: AbortSignal, ended: () => void): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => setImmediate(() => (ended(), reject(new Error('stopped too'))))));

it('gives what each gave, in order', async () => expect(await together([3, 1, 2], never, async (n) => n * 2)).toEqual([6, 2, 4]));

it('stops the others at the first failure, and throws that one when all have ended', async () => {
  let ended = 0;
  const first = new Error('first');
  const work = (n: number, signal: AbortSignal) => (n === 1 ? Promise.reject(first) : untilStopped(signal, () => (ended += 1)));
  await expect(together([0, 1, 2], never, work)).rejects.toBe(first);
  expect(ended).toBe(2);
});

it('stops with the reason of whoever stops it', async () => {
  const stop = new AbortController();
  const running = together([0, 1], stop.signal, (_, signal) => untilStopped(signal, () => undefined));
  stop.abort(new Error('cancelled'));
  await expect(running).rejects.toThrow('cancelled');
});

it('lets one who is stopped go, and the others wait on', async () => {
  let answer: (word: string) => void = () => undefined;
  const asked = new Promise<string>((resolve) => (answer = resolve));
  const stop = new AbortController();
  const [mine, theirs] = [orStopped(asked, stop.signal), orStopped(asked, never)];
  stop.abort(new Error('stopped'));
  await expect(mine).rejects.toThrow('stopped');
  await expect(orStopped(asked, stop.signal)).rejects.toThrow('stopped');
  answer('late');
  expect(await theirs).toBe('late');
});
