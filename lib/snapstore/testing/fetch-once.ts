import { createSnapCache } from '../download';

/** A process of its own that fetches one snap: arguments are folder, store, digest and size. It says `started` at the first byte and prints what fetch() gives. */
const [dir = '', url = '', digest = '', size = ''] = process.argv.slice(2);
const cache = createSnapCache({ dir, apiUrl: url, dashboardUrl: url });
let started = false;
const onBytes = () => {
  if (!started) console.log('started');
  started = true;
};
console.log(JSON.stringify(await cache.fetch({ name: 'pc', sha3_384: digest, sizeBytes: Number(size), downloadUrl: new URL('d', url).href }, { onBytes })));
