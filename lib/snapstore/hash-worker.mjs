// SHA3-384 runs at about 0.25 GB/s, too long for the event loop. Plain JavaScript, because a worker thread is loaded without the parent's TypeScript loader.
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';

let hash = createHash('sha3-384');

parentPort.on('message', ({ kind, buffer, length }) => {
  if (kind === 'update') {
    hash.update(new Uint8Array(buffer, 0, length));
    parentPort.postMessage({ kind: 'done', buffer }, [buffer]);
    return;
  }
  const hex = kind === 'digest' ? hash.digest('hex') : undefined;
  hash = createHash('sha3-384');
  if (hex) parentPort.postMessage({ kind: 'digest', hex });
});
