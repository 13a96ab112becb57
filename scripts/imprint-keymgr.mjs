#!/usr/bin/env node
// A key manager for stock `snap sign`, by snapd's SNAPD_EXT_KEYMGR protocol: it signs with keys that are held in an Imprint console. See docs/key-manager.md.
// Node builtins only, one file: copied to any machine it works there.
import { constants as cipher, createPublicKey, publicDecrypt } from 'node:crypto';
import { constants, promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';

const TIMEOUT_MS = 30_000;
const MAX_PREPARED = 4096;
/** What stands before a SHA-512 in the block that RSA signs (RFC 8017, 9.2, note 1). */
const SHA512_INFO = Buffer.from('3051300d060960864801650304020305000440', 'hex');
const CAN_SIGN = ['registered', 'expiring'];

const USAGE = 'This program is called by snap: SNAPD_EXT_KEYMGR=/path/to/imprint-keymgr.mjs snap sign -k KEY model.json';

/** What is said on stderr, in one line: snap shows it within its own. Exit 1 is a refusal, 2 a misuse. */
class Refusal extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}
const misuse = (message) => new Refusal(message, 2);

const OPERATIONS = {
  features: async () => json({ signing: ['RSA-PKCS'], 'public-keys': ['DER'] }),
  'key-names': async () => json({ 'key-names': (await listKeys(await readConfig())).map(({ name }) => name) }),
  'get-public-key': async (options) => {
    if (options.format !== 'DER') throw misuse(`Public keys are given in the format DER, not ${options.format ?? 'without -f'}.`);
    return derOf(await getKey(await readConfig(), nameIn(options)));
  },
  sign: async (options) => {
    if (options.mechanism !== 'RSA-PKCS') throw misuse(`Keys sign with the mechanism RSA-PKCS, not ${options.mechanism ?? 'without -m'}.`);
    const name = nameIn(options);
    return sign(await readConfig(), name, await readStdin());
  },
};

try {
  const [operation, ...args] = process.argv.slice(2);
  if (operation === undefined || !Object.hasOwn(OPERATIONS, operation)) throw misuse(operation === undefined ? USAGE : `There is no operation ${JSON.stringify(operation)}. ${USAGE}`);
  process.stdout.write(await OPERATIONS[operation](readOptions(args)));
} catch (error) {
  process.stderr.write(`imprint-keymgr: ${error instanceof Refusal ? error.message.replaceAll(/\s+/g, ' ') : (error.stack ?? error)}\n`);
  process.exitCode = error instanceof Refusal ? error.exitCode : 1;
}

function json(value) {
  return `${JSON.stringify(value)}\n`;
}

function readOptions(args) {
  try {
    return parseArgs({ args, options: { key: { type: 'string', short: 'k' }, format: { type: 'string', short: 'f' }, mechanism: { type: 'string', short: 'm' } } }).values;
  } catch (cause) {
    throw misuse(`${cause.message} ${USAGE}`);
  }
}

function nameIn({ key }) {
  if (!key) throw misuse('Which key? Name it with -k.');
  return key;
}

async function listKeys(config) {
  const { items } = await ask(config, 'GET', '/keys');
  return items.filter(({ state, custody }) => CAN_SIGN.includes(state) && custody !== 'offline');
}

async function getKey(config, name) {
  const key = await ask(config, 'GET', `/keys/${encodeURIComponent(name)}`);
  if (!CAN_SIGN.includes(key.state)) throw new Refusal(`Key ${name} is ${key.state}; only a registered key signs.`);
  if (key.custody === 'offline') throw new Refusal(`Key ${name} is kept offline: sign with it on the machine that has it.`);
  return key;
}

/** The SHA-512 that snap has prepared for RSA-PKCS, signed by the console; given out only when it verifies with the key that was asked for. */
async function sign(config, name, prepared) {
  if (prepared.length !== SHA512_INFO.length + 64 || !prepared.subarray(0, SHA512_INFO.length).equals(SHA512_INFO)) throw misuse('Standard input is no SHA-512 prepared for RSA-PKCS.');
  const key = createPublicKey({ key: derOf(await getKey(config, name)), format: 'der', type: 'spki' });
  const digest = prepared.subarray(SHA512_INFO.length).toString('base64');
  const { signature } = await ask(config, 'POST', `/keys/${encodeURIComponent(name)}/digests`, { digest, mechanism: 'RSA-PKCS' });
  const bytes = Buffer.from(String(signature), 'base64');
  if (!isSignatureOf(prepared, bytes, key)) throw new Refusal(`What ${config.url} answered is no signature of key ${name}.`);
  return bytes;
}

function isSignatureOf(prepared, signature, key) {
  try {
    return publicDecrypt({ key, padding: cipher.RSA_PKCS1_PADDING }, signature).equals(prepared);
  } catch {
    // Whatever is wrong with it, it is none.
    return false;
  }
}

/** SubjectPublicKeyInfo of a key of the console, which writes it as snapd does: base64 of a version byte and an OpenPGP public-key packet. */
function derOf({ name, publicKey }) {
  const { n, e } = numbersIn(Buffer.from(String(publicKey), 'base64')) ?? {};
  if (!n?.length || !e?.length) throw new Refusal(`The public key of ${name} is not one that this program can read.`);
  return createPublicKey({ key: { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') }, format: 'jwk' }).export({ format: 'der', type: 'spki' });
}

/** n and e: after the version come a packet of tag 6 with a length of one or two bytes, version 4, four bytes of time, algorithm 1 (RSA) (RFC 4880, 4.2 and 5.5.2). */
function numbersIn(bytes) {
  const body = 2 + (bytes[2] < 192 ? 1 : 2);
  if (bytes[0] !== 1 || bytes[1] !== 0xc6 || bytes[2] >= 224 || bytes[body] !== 4 || bytes[body + 5] !== 1) return undefined;
  const [n, rest] = numberAt(bytes.subarray(body + 6));
  const [e] = numberAt(rest);
  return { n, e };
}

/** Bits in two bytes, then so many. */
function numberAt(bytes) {
  const end = bytes.length < 2 ? 0 : 2 + Math.ceil(bytes.readUInt16BE(0) / 8);
  return [bytes.subarray(2, end), bytes.subarray(end)];
}

async function ask({ url, brand, token }, method, address, body) {
  const answer = await send(`${url}/api/v1/${encodeURIComponent(brand)}${address}`, {
    method,
    // A token goes to the configured console and nowhere else.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/json', authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (answer.status >= 300 && answer.status < 400) throw new Refusal(`${url} leads on to ${answer.headers.get('location') ?? 'another address'}. Set IMPRINT_URL to the console's own address.`);
  const said = await answer.json().catch(() => undefined);
  if (answer.ok && said !== undefined) return said;
  const message = said?.error?.message;
  throw new Refusal(typeof message === 'string' ? message : `${url} answered with HTTP ${answer.status} and is perhaps no Imprint console.`);
}

async function send(address, options) {
  try {
    return await fetch(address, options);
  } catch (cause) {
    const why = cause.name === 'TimeoutError' ? `no answer within ${TIMEOUT_MS / 1000} s` : (cause.cause?.message || cause.cause?.code || cause.message);
    throw new Refusal(`${new URL(address).origin} cannot be reached: ${why}.`);
  }
}

/** From the environment, and what it lacks from the file. */
async function readConfig() {
  const file = path.join(process.env.XDG_CONFIG_HOME || path.join(os.homedir(), '.config'), 'imprint', 'keymgr.json');
  const { IMPRINT_URL, IMPRINT_BRAND, IMPRINT_TOKEN, IMPRINT_TOKEN_FILE } = process.env;
  const given = IMPRINT_URL && IMPRINT_BRAND && (IMPRINT_TOKEN || IMPRINT_TOKEN_FILE) ? {} : await readConfigFile(file);
  const need = (value, variable, field) => {
    if (typeof value === 'string' && value !== '') return value;
    throw misuse(`Set ${variable}, or "${field}" in ${file}.`);
  };
  const url = checkUrl(need(IMPRINT_URL || given.url, 'IMPRINT_URL', 'url'));
  const brand = need(IMPRINT_BRAND || given.brand, 'IMPRINT_BRAND', 'brand');
  const tokenFile = IMPRINT_TOKEN ? undefined : IMPRINT_TOKEN_FILE || (given.token ? undefined : given.tokenFile);
  const token = tokenFile ? await readSecret(tokenFile) : need(IMPRINT_TOKEN || given.token, 'IMPRINT_TOKEN_FILE', 'tokenFile');
  // Beyond ASCII a header could not carry it, and fetch would quote it in its complaint.
  if (!/^[\w-]+$/.test(token.trim())) throw misuse('The API token is not one: it has letters, digits, _ and - only.');
  return { url, brand, token: token.trim() };
}

function checkUrl(text) {
  if (!URL.canParse(text)) throw misuse(`The console's address ${JSON.stringify(text)} is no URL.`);
  const url = new URL(text);
  const local = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) throw misuse(`${text} is not https: the token would be readable on the way. Plain http is for localhost.`);
  if (url.username || url.password || url.search || url.hash) throw misuse(`The console's address is only that, without name, password, ? or #.`);
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

async function readConfigFile(file) {
  const text = await readSecret(file, { optional: true });
  if (text === undefined) return {};
  try {
    const value = JSON.parse(text);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
  } catch {
    // Not shown: it could hold the token.
  }
  throw misuse(`${file} is no JSON object.`);
}

/** The text of a file that nobody but its owner, who is us, may read. */
async function readSecret(file, { optional = false } = {}) {
  let handle;
  try {
    handle = await fs.open(file, constants.O_RDONLY);
  } catch (cause) {
    if (optional && cause.code === 'ENOENT') return undefined;
    throw misuse(`${file} cannot be read: ${cause.code}.`);
  }
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw misuse(`${file} is no file.`);
    if ((facts.mode & 0o077) !== 0) throw misuse(`${file} can be read or changed by others. Make it your own: chmod 600 ${file}`);
    if (process.getuid && facts.uid !== process.getuid()) throw misuse(`${file} belongs to somebody else.`);
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

async function readStdin() {
  const chunks = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    length += chunk.length;
    if (length > MAX_PREPARED) throw misuse('Standard input is no SHA-512 prepared for RSA-PKCS.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
