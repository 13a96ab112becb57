// `npm start`: sets up what is missing, runs everything on this machine, and stops it again.
import path from 'node:path';
import { takeLock } from './instance-lock.mjs';
import { systemSentence } from '../workers/system-sentence.mjs';
import { ROOT, RUN_TOOLS, SetupError, checkNode, installPackages, installTools, stopRunning } from './setup.mjs';

const startedAt = performance.now();
process.chdir(ROOT);
// A terminal that was closed must not keep us from stopping what runs.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const say = (line) => console.log(line);

const stopping = new AbortController();
let lock;
let running;
let asked = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
// Whoever started us with a channel and is gone.
process.on('disconnect', stop);

/** The first time in order, the second time at once. */
function stop() {
  asked += 1;
  if (asked === 1) say('\nStopping…');
  if (asked === 2) running?.kill();
  stopping.abort(new SetupError('Stopped.'));
  stopRunning();
  if (running && asked === 1) void end(0);
}

async function end(code) {
  await running?.stop().catch((error) => {
    console.error(error);
    code = 1;
  });
  lock?.release?.();
  process.exit(code);
}

try {
  checkNode();
  const dataDir = path.resolve(process.env.IMPRINT_DATA || 'data');
  const url = (process.env.IMPRINT_URL || `http://localhost:${process.env.PORT || 3000}`).replace(/\/+$/, '');
  lock = takeLock(path.join(dataDir, 'imprint.lock'), url);
  if (lock.holder) throw new SetupError(`Imprint already runs on ${dataDir} (process ${lock.holder.pid}): ${lock.holder.url}\nStop it first, or set IMPRINT_DATA and PORT for a second one.`);
  await installTools(RUN_TOOLS, { say, optional: true });
  stopping.signal.throwIfAborted();
  await installPackages(say);
  stopping.signal.throwIfAborted();

  const { register } = await import('tsx/esm/api');
  register();
  const { runConsole } = await import('../workers/embedded/run-console.ts');
  const { welcome } = await import('../workers/embedded/welcome.ts');
  running = await runConsole({
    root: ROOT,
    env: process.env,
    say,
    signal: stopping.signal,
    onFailed: (error) => {
      console.error(`\n${error.message}`);
      void end(1);
    },
  });
  say(welcome(running, (performance.now() - startedAt) / 1000));
  process.send?.({ ready: true, url: running.url });
} catch (error) {
  lock?.release?.();
  if (asked > 0) process.exit(0);
  // Failures that somebody can act on have a sentence; the rest are bugs.
  const sentence = error instanceof SetupError || error?.name === 'AppError' ? error.message : systemSentence(error);
  console.error(sentence === undefined ? error : `\n${sentence}\n`);
  process.exit(1);
}
