import { open } from 'node:fs/promises';
import type { Catalog } from './catalog';
import { Refusal } from './reply';
import type { Ask, Reply } from './reply';
import type { StoreDir } from './store-dir';

const CHUNK_BYTES = 1024 * 1024;

/** GET or HEAD /download/<snap-id>_<revision>.snap or /download/<snap-id>+<component>_<revision>.comp, whole or one range. */
export async function getDownload(dir: StoreDir, catalog: Catalog, ask: Ask, name: string): Promise<Reply> {
  const [, snapId, component, number] = /^([a-zA-Z0-9]{32})(?:\+([a-z0-9-]{2,40}))?_([1-9]\d{0,9})\.(?:snap|comp)$/.exec(name) ?? [];
  const revisions = (await catalog.list()).find((one) => one.snapId === snapId)?.revisions ?? [];
  const files = component === undefined ? revisions : revisions.flatMap(({ components }) => components).filter((one) => one.name === component);
  const revision = files.find((one) => one.revision === Number(number));
  if (!revision) throw new Refusal(404, 'resource-not-found', 'There is no such file.');

  const { sizeBytes, sha3_384 } = revision;
  const range = readRange(ask.header('range'), sizeBytes);
  const headers = { 'Content-Type': 'application/octet-stream', 'Accept-Ranges': 'bytes', ETag: `"${sha3_384}"` };
  if (range === 'unsatisfiable') return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${sizeBytes}` }, length: 0, body: new Uint8Array(0) };
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 };
  return {
    status: range ? 206 : 200,
    headers: range ? { ...headers, 'Content-Range': `bytes ${start}-${end}/${sizeBytes}` } : headers,
    length: end - start + 1,
    body: readPart(dir.snapFile(sha3_384), start, end + 1),
  };
}

/** undefined: send all. Several ranges at once are sent as all, which the protocol allows. */
function readRange(header: string | undefined, sizeBytes: number): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [whole, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (whole === undefined || (from === '' && to === '')) return undefined;
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  if (to !== '' && from !== '' && Number(to) < Number(from)) return undefined;
  return start > end ? 'unsatisfiable' : { start, end };
}

async function* readPart(path: string, start: number, end: number): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    for (let at = start; at < end; ) {
      const { buffer, bytesRead } = await file.read(new Uint8Array(Math.min(CHUNK_BYTES, end - at)), 0, Math.min(CHUNK_BYTES, end - at), at);
      if (bytesRead === 0) throw new Error(`${path} is shorter than the catalog says`);
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await file.close();
  }
}
