import { concat, fromBase64, fromUtf8, toBase64, utf8 } from '../bytes';
import { z } from 'zod';
import { AppError } from '../errors';
import { parseJson } from '../json/parse-json';

export const STATEMENT_MEDIA_TYPE = 'application/vnd.in-toto+json';

export type EnvelopeErrorCode = 'envelope-malformed' | 'envelope-payload-type' | 'envelope-unsigned' | 'envelope-signature';

/** DSSE v1: `payload` and `sig` are base64. */
export type Envelope = { payload: string; payloadType: string; signatures: { keyid?: string | undefined; sig: string }[] };

export type EnvelopeSigner = { keyId: string; sign(bytes: Uint8Array): Uint8Array | Promise<Uint8Array> };
export type EnvelopeVerifier = { keyId: string; verify(bytes: Uint8Array, signature: Uint8Array): boolean };

/** What is signed (DSSE v1, PAE): `DSSEv1`, then length and bytes of the type and of the body; lengths are of bytes, in decimal. */
export function preAuthEncoding(payloadType: string, body: Uint8Array): Uint8Array {
  const type = utf8(payloadType);
  return concat(utf8(`DSSEv1 ${type.length} `), type, utf8(` ${body.length} `), body);
}

/** An in-toto statement in its envelope, under one signature. */
export async function signEnvelope(payload: Uint8Array, signer: EnvelopeSigner): Promise<Envelope> {
  const signature = await signer.sign(preAuthEncoding(STATEMENT_MEDIA_TYPE, payload));
  return { payload: toBase64(payload), payloadType: STATEMENT_MEDIA_TYPE, signatures: [{ keyid: signer.keyId, sig: toBase64(signature) }] };
}

/** One line of JSON. */
export const envelopeText = (envelope: Envelope): string => `${JSON.stringify(envelope)}\n`;

const envelopeShape = z.object({ payload: z.string(), payloadType: z.string(), signatures: z.array(z.object({ keyid: z.string().optional(), sig: z.string() })) });

/** Fields that there should not be are passed over, as the protocol asks. Throws AppError `envelope-malformed`. */
export function parseEnvelope(text: string): Envelope {
  const read = envelopeShape.safeParse(parseJson(text, 'The envelope', { code: 'envelope-malformed' }));
  if (!read.success) throw refusal('envelope-malformed', 'This is no DSSE envelope: payload, payloadType and signatures are wanted', read.error);
  return read.data;
}

/**
 * The payload, once one of the signatures holds under this key. A key id is only a hint: signatures without one are tried too. Throws AppError `envelope-malformed`,
 * `envelope-payload-type` for anything but an in-toto statement, `envelope-unsigned` where this key has not signed, `envelope-signature` where its signature does not hold.
 */
export function openEnvelope({ payload, payloadType, signatures }: Envelope, verifier: EnvelopeVerifier): Uint8Array {
  if (payloadType !== STATEMENT_MEDIA_TYPE) throw refusal('envelope-payload-type', `The envelope holds ${JSON.stringify(payloadType.slice(0, 80))}, not ${STATEMENT_MEDIA_TYPE}`);
  const body = decoded(payload, 'payload');
  const signed = preAuthEncoding(payloadType, body);
  const own = signatures.filter(({ keyid }) => keyid === undefined || keyid === '' || keyid === verifier.keyId);
  if (own.length === 0) throw refusal('envelope-unsigned', `The key ${verifier.keyId} has not signed the envelope`);
  if (!own.some(({ sig }) => verifier.verify(signed, decoded(sig, 'signature')))) throw refusal('envelope-signature', `The signature in the envelope does not hold under the key ${verifier.keyId}`);
  return body;
}

/** The payload as text. Throws AppError `envelope-malformed` unless it is UTF-8. */
export function payloadText(payload: Uint8Array): string {
  const text = fromUtf8(payload);
  if (text === undefined) throw refusal('envelope-malformed', 'What is in the envelope is no text');
  return text;
}

/** Of either alphabet, as the protocol allows, with padding or without. */
function decoded(text: string, what: string): Uint8Array {
  const standard = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  const bytes = standard.length % 4 === 1 ? undefined : fromBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='));
  if (!bytes) throw refusal('envelope-malformed', `The ${what} in the envelope is no base64`);
  return bytes;
}

const refusal = (code: EnvelopeErrorCode, message: string, cause?: unknown): AppError<EnvelopeErrorCode> => new AppError(code, `${message}.`, { cause });
