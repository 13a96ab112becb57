import { spawn } from 'node:child_process';
import { constants, createHash, createPublicKey, publicDecrypt } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { SignerConfig } from '../api/keys';
import { AppError } from '../errors';
import { numbersOf, publicKeyFromNumbers } from '../keys/public-key';
import type { PublicKey } from '../keys/public-key';
import { digestInfo, sha512 } from '../keys/signer';
import type { Signer } from '../keys/signer';
import { findTool } from './find-tool';

const TIMEOUT_MS = 30_000;
const MAX_OUTPUT_BYTES = 64 * 1024;
/** The child's environment alone has it: a command line can be read by everybody on the machine. */
const PIN = 'IMPRINT_PKCS11_PIN';

/**
 * A key in a PKCS#11 token, reached by OpenSC's pkcs11-tool. The token signs; the private half never leaves it, and the PIN is read anew for every use.
 * `label` is the key's own in the token. What the token answers is verified before it is given out.
 * Throws AppError `signer-unreachable`, `signer-refused` or `signer-key-missing`, and what findTool throws; so do the signer's verbs.
 */
export async function openPkcs11Signer(config: SignerConfig, label: string): Promise<Signer> {
  const id = await findKey(config, label);
  const publicKey = await readPublicKey(config, id, label);
  const signDigest = async (digest: Uint8Array): Promise<Uint8Array> => {
    const prepared = digestInfo(digest);
    const pin = await readPin(config);
    const signature = new Uint8Array(await ask(config, ['--login', '--pin', `env:${PIN}`, '--sign', '--mechanism', 'RSA-PKCS', '--id', id], { input: prepared, pin }));
    if (!fits(publicKey, prepared, signature)) throw new AppError('signer-refused', `What the token ${config.token} signed does not verify with the public key of ${label}. Look whether the token has two keys of one id.`);
    return signature;
  };
  return { keyId: publicKey.keyId, publicKey, signDigest, sign: (bytes) => signDigest(sha512(bytes)) };
}

function fits({ object }: PublicKey, prepared: Uint8Array, signature: Uint8Array): boolean {
  try {
    return publicDecrypt({ key: object, padding: constants.RSA_PKCS1_PADDING }, signature).equals(prepared);
  } catch {
    // Of another length or padding: no signature of this key.
    return false;
  }
}

/** The id of the one key of that label: pkcs11-tool signs with any key when it is given a label that there is not. */
async function findKey(config: SignerConfig, label: string): Promise<string> {
  const listed = (await ask(config, ['--list-objects', '--type', 'pubkey'])).toString('utf8');
  const keys = listed.split(/^(?=\S)/m).map((text) => ({ label: /^ +label: +(.*)$/m.exec(text)?.[1], id: /^ +ID: +([0-9a-f]+)$/m.exec(text)?.[1] }));
  const ids = keys.filter((key) => key.label === label).map((key) => key.id);
  if (ids.length === 0) throw new AppError('signer-key-missing', `The token ${config.token} shows no public key named ${label}. It has: ${keys.flatMap((key) => key.label ?? []).join(', ') || 'none'}.`);
  const [id] = ids;
  if (ids.length > 1 || id === undefined || keys.filter((key) => key.id === id).length > 1) throw new AppError('signer-key-missing', `The key ${label} in the token ${config.token} has no id of its own. Give each key its own label and id.`);
  return id;
}

async function readPublicKey(config: SignerConfig, id: string, label: string): Promise<PublicKey> {
  const der = await ask(config, ['--read-object', '--type', 'pubkey', '--id', id]);
  try {
    return publicKeyFromNumbers(numbersOf(createPublicKey({ key: der, format: 'der', type: 'spki' })));
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('signer-refused', `The public key ${label} of the token ${config.token} cannot be read as an RSA key.`, { cause });
  }
}

/** What each token has refused, as a digest: a token locks itself after a few tries, and people try again. Until the file says something else. */
const refusedPins = new Map<string, string>();
const tokenOf = ({ module, token }: SignerConfig): string => `${module}\n${token}`;
const digestOf = (pin: string): string => createHash('sha256').update(pin).digest('hex');

async function readPin(config: SignerConfig): Promise<string> {
  const pin = await readPinFile(config);
  if (pin === '') throw new AppError('signer-unreachable', `The PIN file of the signer ${config.name} is empty.`);
  if (refusedPins.get(tokenOf(config)) === digestOf(pin)) throw new AppError('signer-refused', `The token ${config.token} has refused this PIN of the signer ${config.name} already, and locks itself when asked too often. Put the right one into the PIN file.`);
  return pin;
}

async function readPinFile({ name, pinFile }: SignerConfig): Promise<string> {
  try {
    const { mode } = await stat(pinFile);
    if ((mode & 0o077) !== 0) throw new AppError('signer-unreachable', `The PIN file of the signer ${name} can be read by others. Allow it to its owner alone: chmod 600.`);
    return (await readFile(pinFile, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('signer-unreachable', `The PIN file of the signer ${name} cannot be read.`, { cause });
  }
}

/** pkcs11-tool's standard output. The module is the operator's own software: it has its own files and devices, and is not fenced in as tools on hostile input are. */
async function ask(config: SignerConfig, args: string[], { input, pin }: { input?: Uint8Array; pin?: string } = {}): Promise<Buffer> {
  const tool = await findTool('pkcs11-tool');
  const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8', HOME: '/nonexistent', ...config.environment, ...(pin !== undefined && { [PIN]: pin }) } as unknown as NodeJS.ProcessEnv;
  const child = spawn(tool, ['--module', config.module, '--token-label', config.token, ...args], { cwd: '/', env: environment, stdio: ['pipe', 'pipe', 'pipe'], timeout: TIMEOUT_MS, killSignal: 'SIGKILL' });
  // A tool that ends before it has read all breaks the pipe; its exit code says why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [out, err] = await Promise.all([collect(child.stdout), collect(child.stderr), new Promise((resolve, reject) => child.on('close', resolve).on('error', reject))]);
  if (child.exitCode === 0) return out;
  const said = err.toString('utf8');
  if (pin !== undefined && /CKR_PIN_(?:INCORRECT|INVALID|LEN_RANGE)/.test(said)) refusedPins.set(tokenOf(config), digestOf(pin));
  throw explain(config, said, child.signalCode);
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) if ((size += chunk.length) <= MAX_OUTPUT_BYTES) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function explain({ name, token }: SignerConfig, said: string, signal: NodeJS.Signals | null): AppError {
  if (signal) return new AppError('signer-unreachable', `The signer ${name} did not answer within ${TIMEOUT_MS / 1000} seconds.`);
  if (/No slot with token named/.test(said)) return new AppError('signer-unreachable', `The signer ${name} has no token ${token}. Is it plugged in?`);
  if (/Failed to load pkcs11 module/.test(said)) return new AppError('signer-unreachable', `The PKCS#11 module of the signer ${name} cannot be loaded.`);
  const code = /CKR_[A-Z_]+/.exec(said)?.[0];
  if (code?.startsWith('CKR_PIN')) return new AppError('signer-refused', `The token ${token} refuses the PIN of the signer ${name} (${code}).`);
  return new AppError('signer-refused', `The token ${token} of the signer ${name} did not do it${code ? ` (${code})` : ''}.`, { cause: said.slice(0, 2000) });
}
