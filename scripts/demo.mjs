// `npm run demo`: the main job without a browser, through the API of the console that runs, signed in over HTTP as a demo person.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { signInAs } from './http-session.mjs';
import { readHolder } from './instance-lock.mjs';

const PERSON = 'ada';
const BRAND = 'acme';
const MODEL = 'demo-kiosk';

const dataDir = path.resolve(process.env.IMPRINT_DATA || 'data');
const running = readHolder(path.join(dataDir, 'imprint.lock'));
const say = (line) => console.log(line);

try {
  if (!running) throw new Error('No console is running here. Start one with: npm start');
  const session = await signInAs(running.url, PERSON);
  const v1 = `/api/v1/${BRAND}`;
  say(`Signed in to ${running.url} as ${PERSON}, owner of ${BRAND}.`);

  const key = await findOrMakeKey(session, v1);
  say(`Key ${key.name} is registered: ${key.keyId}`);
  const model = await findOrMakeModel(session, v1);
  const signature = model.signed ?? (await session.json(`${v1}/models/${MODEL}/signatures`, { method: 'POST', body: { version: model.latestVersion } }));
  say(`Model ${MODEL} version ${signature.version} is signed as revision ${signature.revision}.`);

  const requested = await session.json(`${v1}/builds`, { method: 'POST', body: { model: MODEL } });
  say(`Build ${requested.number} is requested.`);
  const address = `${v1}/builds/${requested.number}`;
  const build = await follow(session, address, ({ state }) => ['succeeded', 'failed', 'cancelled'].includes(state));
  if (build.state !== 'succeeded') throw new Error(`Build ${build.number} ${build.state}: ${build.failure?.message ?? ''}`);

  for (const { name, startedAt, finishedAt, sentence } of build.stages) say(`  ${name.padEnd(16)} ${seconds(startedAt, finishedAt)}  ${sentence}`);
  say(`  ${'in all'.padEnd(16)} ${seconds(build.requestedAt, build.finishedAt)}  from request to published`);
  const image = build.artifacts.find(({ kind }) => kind === 'image-zst');
  const { file, sha256 } = await download(session, `/artifacts/${BRAND}/${build.number}/${image.fileName}`, image);
  // Checksums follow the link.
  const { artifacts } = await follow(session, address, (latest) => latest.artifacts.every((one) => one.sha256 !== null));
  const told = artifacts.find(({ kind }) => kind === 'image-zst').sha256;
  if (sha256 !== told) throw new Error(`The downloaded file has the SHA-256 ${sha256}, not ${told}.`);
  say('');
  say(`${sha256}  ${file}`);
} catch (error) {
  console.error(error.cause?.code === 'ECONNREFUSED' ? `The console at ${running.url} does not answer yet. Wait until it says that it is ready.` : error.message);
  for (const problem of error.problems ?? []) console.error(`  ${problem.path}: ${problem.message}`);
  process.exitCode = 1;
}

async function findOrMakeKey(session, v1) {
  const { items } = await session.json(`${v1}/keys`);
  const ready = items.find(({ state }) => state === 'registered');
  if (ready) return ready;
  say('Making a key of 4096 bits and registering it…');
  const made = await session.json(`${v1}/keys`, { method: 'POST', body: { name: `demo-${Date.now().toString(36)}` } });
  if (made.state !== 'registered') throw new Error(`The key ${made.name} was not registered: ${made.problem}`);
  return made;
}

async function findOrMakeModel(session, v1) {
  try {
    return await session.json(`${v1}/models/${MODEL}`);
  } catch (error) {
    if (error.code !== 'not-found') throw error;
    return session.json(`${v1}/models`, { method: 'POST', body: { template: 'amd64-core24', name: MODEL, displayName: 'Demo Kiosk', grade: 'dangerous' } });
  }
}

/** The build's own event stream, until it shows what is waited for: no polling. */
async function follow(session, address, enough) {
  const stream = await session.fetch(`${address}/events`, { headers: { accept: 'text/event-stream' } });
  if (!stream.ok) throw new Error(`The build's events answered ${stream.status}.`);
  let text = '';
  let latest;
  for await (const chunk of stream.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop();
    for (const event of events) {
      if (!/^event: build$/m.test(event)) continue;
      latest = JSON.parse(/^data: (.*)$/m.exec(event)[1]);
      if (enough(latest)) return latest;
    }
  }
  throw new Error(`The stream of events ended while the build was ${latest?.state ?? 'unknown'}.`);
}

async function download(session, address, { fileName }) {
  const folder = path.join(dataDir, 'demo');
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, fileName);
  const response = await session.fetch(address);
  if (!response.ok) throw new Error(`The download answered ${response.status}.`);
  const hash = createHash('sha256');
  const body = Readable.fromWeb(response.body);
  body.on('data', (chunk) => hash.update(chunk));
  await pipeline(body, createWriteStream(file));
  return { file, sha256: hash.digest('hex') };
}

function seconds(from, to) {
  return `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(2).padStart(6)} s`;
}
