// SHA3-384 runs at about 0.25 GB/s, too long for the event loop, and so is SHA-256 of an image. Plain JavaScript,
// because a worker thread is loaded without the parent's TypeScript loader.
import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';

const ZEROS = new Uint8Array(2 ** 20);
let hash = createHash(workerData);

parentPort.on('message', ({ kind, buffer, length }) => {
  if (kind === 'update') {
    hash.update(new Uint8Array(buffer, 0, length));
    parentPort.postMessage({ kind: 'done', buffer }, [buffer]);
    return;
  }
  if (kind === 'zeros') {
    for (let left = length; left > 0; left -= ZEROS.length) hash.update(ZEROS.subarray(0, left));
    return;
  }
  const hex = kind === 'digest' ? hash.digest('hex') : undefined;
  hash = createHash(workerData);
  if (hex) parentPort.postMessage({ kind: 'digest', hex });
});
