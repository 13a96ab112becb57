import { decodeStream } from '../assertion/decode';
import type { Assertion } from '../assertion/assertion';
import { AppError } from '../errors';
import { isSnapName } from '../snap/names';
import { findAnswer, infoAnswer, refreshAnswer } from './answers';
import { assertAnswers, assertionPath } from './assertion-path';
import { readBody, readJson, readRefusal } from './body';
import { parseCredentials } from './credentials';
import { deviceHeaders, olderHeaders } from './headers';
import { resolveBody, resolveResults } from './resolve';
import { TryAgain } from './retry';
import type { SnapStore } from './snap-store';
import { createTransport } from './transport';
import type { Answer, Call, TransportOptions } from './transport';
import { assertSearchable, toSearchView, toSnapView } from './views';

export type SnapStoreOptions = TransportOptions & {
  /** Credentials for a brand store that does not let everybody read; sent to `apiUrl` alone. */
  credentials?: string;
};

/** Headers 128 KiB, body 2 MiB, signature 128 KiB (snapd asserts/asserts.go), and room for the blank lines between. */
const ASSERTION_BYTES = (128 + 2048 + 128 + 1) * 1024;
const FIND_FIELDS = 'base,channel,publisher,revision,snap-id,snap-yaml,summary,title,type,version';
const INFO_FIELDS = 'architectures,base,channel-map,download,name,publisher,revision,snap-id,summary,title,type,version';

/** A Snap Store over its device and publisher protocols. Throws AppError `invalid` when an address cannot be used and `store-auth` when the credentials cannot be read. */
export function createSnapStore(options: SnapStoreOptions): SnapStore {
  const transport = createTransport(options);
  const reader: Record<string, string> = options.credentials === undefined ? {} : { Authorization: parseCredentials(options.credentials) };

  /** One call with its retries; undefined when the store says that it has no such thing. */
  function ask<T>(call: Call, read: (answer: Answer, host: string) => Promise<T>): Promise<T | undefined> {
    const { host } = new URL(call.url);
    return transport.retry(host, call.signal, async () => {
      const answer = await transport.open(call);
      if (answer.status >= 200 && answer.status < 300) return read(answer, host);
      const refusal = await readRefusal(answer, host, transport.now());
      if (refusal === 'missing') return undefined;
      throw refusal;
    });
  }

  const apiUrl = (path: string, query: Record<string, string> = {}) => address(options.apiUrl, path, query);

  const store: SnapStore = {
    async assertion(type, primaryKey, { signal, maxFormat } = {}) {
      const place = assertionPath(type, primaryKey, maxFormat);
      if (!place) return undefined;
      const headers = { ...olderHeaders(), ...reader, Accept: 'application/x.ubuntu.assertion' };
      const url = apiUrl(place.path, place.query);
      const call: Call = { method: 'GET', url, headers, ...(signal && { signal }) };
      return ask(call, async (answer, host) => {
        const assertion = readAssertion(await readBody(answer, ASSERTION_BYTES, host), host);
        assertAnswers(assertion, type, primaryKey, host);
        return assertion;
      });
    },

    async info(name, { signal, ...device }) {
      if (!isSnapName(name)) return undefined;
      const url = apiUrl(`v2/snaps/info/${encodeURIComponent(name)}`, { fields: INFO_FIELDS, architecture: device.architecture });
      const call: Call = { method: 'GET', url, headers: { ...deviceHeaders(device), ...reader }, ...(signal && { signal }) };
      return ask(call, async (answer, host) => toSnapView(await readJson(answer, infoAnswer, host), name));
    },

    async find({ q, type }, context) {
      const { signal, ...device } = context;
      const words = q.trim();
      assertSearchable(words);
      // Without words the real store wants a category; featured is what snapd shows then.
      const query = { fields: FIND_FIELDS, architecture: device.architecture, confinement: 'strict', ...(words ? { q: words } : { category: 'featured' }) };
      const search = ask({ method: 'GET', url: apiUrl('v2/snaps/find', query), headers: { ...deviceHeaders(device), ...reader }, ...(signal && { signal }) }, (a, host) => readJson(a, findAnswer, host));
      // A search may leave out what is not listed, such as bases and many gadgets; who types a whole name means that snap.
      const [found, exact] = await Promise.all([search, store.info(words, context)]);
      const views = (found?.results ?? []).map(toSearchView).filter((view) => view.name !== exact?.name);
      return [...(exact ? [{ ...exact, channels: [] }] : []), ...views].filter((view) => type === undefined || view.type === type);
    },

    async resolve(wanted, { signal, ...device }) {
      if (wanted.length === 0) return [];
      const headers = { ...deviceHeaders(device), ...reader, 'Content-Type': 'application/json' };
      const call: Call = { method: 'POST', url: apiUrl('v2/snaps/refresh'), headers, body: JSON.stringify(resolveBody(wanted)), ...(signal && { signal }) };
      const resolved = await ask(call, async (answer, host) => resolveResults(wanted, device, await readJson(answer, refreshAnswer, host), host));
      if (!resolved) throw new AppError('store-refused', 'The Snap Store has no service that resolves snaps at this address. Check the address of its API.');
      return resolved;
    },

    async registerKey(accountKeyRequest, credentials, { signal } = {}) {
      const url = address(options.dashboardUrl, 'dev/api/account/account-key');
      const headers = { Accept: 'application/json', 'Content-Type': 'application/json', Authorization: parseCredentials(credentials) };
      const body = JSON.stringify({ account_key_request: accountKeyRequest });
      const send = ask({ method: 'POST', url, headers, body, ...(signal && { signal }) }, accepted);
      const done = await send.catch(async (error: unknown) => {
        // An earlier try may have reached the store although its answer never came back; then this refusal only says so.
        if (error instanceof AppError && error.code === 'store-refused' && (await hasKeyOf(store, accountKeyRequest, signal))) return true;
        throw error;
      });
      if (!done) throw new AppError('store-refused', 'The Snap Store has no service that registers keys at this address. Check the address of its dashboard.');
    },
  };
  return store;
}

function address(base: string, path: string, query: Record<string, string> = {}): string {
  const url = new URL(path, base.endsWith('/') ? base : `${base}/`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url.href;
}

const accepted = async (answer: Answer): Promise<boolean> => {
  answer.discard();
  return true;
};

/** Whether the store has issued the account-key that this very request asks for. */
async function hasKeyOf(store: SnapStore, accountKeyRequest: string, signal: AbortSignal | undefined): Promise<boolean> {
  const asked = (header: string) => new RegExp(`^${header}: (.*)$`, 'm').exec(accountKeyRequest)?.[1] ?? '';
  const keyId = asked('public-key-sha3-384');
  const known = keyId === '' ? undefined : await store.assertion('account-key', [keyId], { ...(signal && { signal }) });
  return known !== undefined && known.headers['account-id'] === asked('account-id') && known.headers['name'] === asked('name');
}

/** The first of the stream, as snapd takes it. */
function readAssertion(bytes: Uint8Array, host: string): Assertion {
  try {
    const [first] = decodeStream(bytes);
    if (first) return first;
  } catch (cause) {
    if (!(cause instanceof AppError)) throw cause;
    throw new TryAgain(`${host} answered with something that is not an assertion (${cause.message})`, { cause });
  }
  throw new TryAgain(`${host} answered without an assertion`);
}
