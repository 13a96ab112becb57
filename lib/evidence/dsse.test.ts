import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromUtf8, toBase64Url, utf8 } from '../bytes';
import { isAppError } from '../errors';
import { generateBuildKey } from '../keys/build-key';
import { envelopeText, openEnvelope, parseEnvelope, preAuthEncoding, signEnvelope } from './dsse';

const [key, other] = [generateBuildKey(), generateBuildKey()];
const payload = utf8('{"_type":"https://in-toto.io/Statement/v1"}');

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isAppError(error)) return error.code;
    throw error;
  }
  return 'opened';
}

describe('an envelope', () => {
  it('is signed over type and body with their lengths in bytes', () => {
    expect(fromUtf8(preAuthEncoding('http://example.com/HelloWorld', utf8('hello world')))).toBe('DSSEv1 29 http://example.com/HelloWorld 11 hello world');
    expect(fromUtf8(preAuthEncoding('ü', utf8('')))).toBe('DSSEv1 2 ü 0 ');
  });

  it('gives back what was signed, and is one line of JSON', async () => {
    const text = envelopeText(await signEnvelope(payload, key));
    expect(text.match(/\n/g)).toHaveLength(1);
    const envelope = parseEnvelope(text);
    expect(envelope).toMatchObject({ payloadType: 'application/vnd.in-toto+json', signatures: [{ keyid: key.keyId }] });
    expect(openEnvelope(envelope, key.publicKey)).toEqual(payload);
  });

  it('opens by one good signature among several, and by one without a key id', async () => {
    const [mine, theirs] = [await signEnvelope(payload, key), await signEnvelope(payload, other)];
    const both = { ...mine, signatures: [...theirs.signatures, ...mine.signatures] };
    expect(openEnvelope(both, key.publicKey)).toEqual(payload);
    expect(openEnvelope(both, other.publicKey)).toEqual(payload);
    expect(openEnvelope({ ...both, signatures: both.signatures.map(({ sig }) => ({ sig })) }, key.publicKey)).toEqual(payload);
  });

  it('may be in the alphabet for URLs, and have fields that nobody asked for', async () => {
    const { signatures, ...rest } = await signEnvelope(payload, key);
    const sig = toBase64Url(key.sign(preAuthEncoding(rest.payloadType, payload)));
    const text = JSON.stringify({ ...rest, payload: toBase64Url(payload), signatures: [{ ...signatures[0], sig, cert: null }], more: 1 });
    expect(openEnvelope(parseEnvelope(text), key.publicKey)).toEqual(payload);
  });

  it('does not open when anything of it was changed', async () => {
    const envelope = await signEnvelope(payload, key);
    const changed = { ...envelope, payload: (await signEnvelope(utf8('{}'), key)).payload };
    expect(refusal(() => openEnvelope(changed, key.publicKey))).toBe('envelope-signature');
    expect(refusal(() => openEnvelope({ ...envelope, signatures: [{ keyid: key.keyId, sig: '' }] }, key.publicKey))).toBe('envelope-signature');
    expect(refusal(() => openEnvelope({ ...envelope, payloadType: 'text/plain' }, key.publicKey))).toBe('envelope-payload-type');
  });

  it('does not open under a key that did not sign it', async () => {
    const envelope = await signEnvelope(payload, key);
    expect(refusal(() => openEnvelope(envelope, other.publicKey))).toBe('envelope-unsigned');
    expect(refusal(() => openEnvelope({ ...envelope, signatures: [] }, key.publicKey))).toBe('envelope-unsigned');
    expect(refusal(() => openEnvelope({ ...envelope, signatures: envelope.signatures.map(({ sig }) => ({ keyid: other.keyId, sig })) }, other.publicKey))).toBe('envelope-signature');
  });

  it('is refused where it is none', () => {
    expect(() => parseEnvelope('{"payload":\n"}')).toThrow('The envelope is no JSON: it ends before the quote that closes a text (line 2, column 3).');
    for (const text of ['', '{', 'null', '[]', '{}', '{"payload":1,"payloadType":"x","signatures":[]}', '{"payload":"","payloadType":"x","signatures":[{}]}', '{"payload":"","payloadType":"x"}']) expect(refusal(() => parseEnvelope(text))).toBe('envelope-malformed');
    const envelope = { payload: 'a b=', payloadType: 'application/vnd.in-toto+json', signatures: [{ sig: 'x' }] };
    expect(refusal(() => openEnvelope(envelope, key.publicKey))).toBe('envelope-malformed');
    expect(refusal(() => openEnvelope({ ...envelope, payload: '' }, key.publicKey))).toBe('envelope-malformed');
  });

  it('throws nothing but refusals, whatever it is', () => {
    const base64 = fc.oneof(fc.base64String(), fc.string());
    const envelope = fc.record({ payload: base64, payloadType: fc.constantFrom('application/vnd.in-toto+json', 'x'), signatures: fc.array(fc.record({ keyid: fc.constantFrom(key.keyId, '', 'x'), sig: base64 })) });
    fc.assert(
      fc.property(fc.oneof(envelope, fc.jsonValue()), (value) => {
        expect(refusal(() => openEnvelope(parseEnvelope(JSON.stringify(value)), key.publicKey))).toMatch(/^envelope-/);
      }),
    );
  });
});
