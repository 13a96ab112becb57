import { createHash } from 'node:crypto';
import type { TypeCheck, TypeChecks } from '../assertion/checks/registry';
import { Fault } from '../assertion/format-error';
import { toBase64Url } from '../bytes';
import { MODEL_CHECKS } from '../model/assertion-check';
import { compileConstraints, ConstraintFault } from './constraints';
import { keyId } from './key-id';
import { decodePublicKey, PacketError } from './packet';
import { readPemBody } from './pem-public-key';
import { isPublicKeyInfo } from './pkix';

/** That a public key can be read and has the id that `header` claims. */
function checkKey(encoded: Uint8Array | string, where: string, claimed: unknown, header: string): void {
  try {
    const id = keyId(decodePublicKey(encoded));
    if (id !== claimed) throw new Fault('assertion-rule', `"${header}" is not the id of the public key in "${where}", which is ${id}`, { header });
  } catch (error) {
    if (error instanceof PacketError) throw new Fault('assertion-rule', error.message.replace(/\.$/, ''), { header: where === 'body' ? 'body-length' : where });
    throw error;
  }
}

const checkAccountKey: TypeCheck = ({ headers, body }) => {
  checkKey(body, 'body', headers['public-key-sha3-384'], 'public-key-sha3-384');
  if (headers['constraints'] === undefined) return;
  try {
    compileConstraints(headers['constraints']);
  } catch (error) {
    if (error instanceof ConstraintFault) throw new Fault('assertion-rule', `"${error.path}" ${error.message}`, { header: error.path });
    throw error;
  }
};

const checkAccountKeyRequest: TypeCheck = ({ headers, body }) => checkKey(body, 'body', headers['public-key-sha3-384'], 'public-key-sha3-384');

const checkSerial: TypeCheck = ({ headers }) => checkKey(String(headers['device-key'] ?? ''), 'device-key', headers['device-key-sha3-384'], 'device-key-sha3-384');

const checkSerialRequest: TypeCheck = ({ headers }) => {
  checkKey(String(headers['device-key'] ?? ''), 'device-key', headers['sign-key-sha3-384'], 'sign-key-sha3-384');
};

/** snapd asserts/hardware_identity.go */
const checkHardwareIdentity: TypeCheck = ({ headers }) => {
  const key = String(headers['hardware-id-key']);
  const bytes = readPemBody(key);
  if (!bytes || !isPublicKeyInfo(bytes)) {
    const message = '"hardware-id-key" should be a public key in PEM, without its first and last line';
    throw new Fault('assertion-rule', message, { header: 'hardware-id-key' });
  }
  const digest = toBase64Url(createHash('sha3-384').update(key).digest());
  if (digest === headers['hardware-id-key-sha3-384']) return;
  const message = `"hardware-id-key-sha3-384" is not the digest of the text of "hardware-id-key", which is ${digest}`;
  throw new Fault('assertion-rule', message, { header: 'hardware-id-key-sha3-384' });
};

/** Every rule that snapd has for a type, those included that need digests or the model's full rules. For `decodeAssertion`, `decodeStream` and `assembleContent`. */
export const SNAPD_CHECKS: TypeChecks = {
  ...MODEL_CHECKS,
  'account-key': checkAccountKey,
  'account-key-request': checkAccountKeyRequest,
  'hardware-identity': checkHardwareIdentity,
  serial: checkSerial,
  'serial-request': checkSerialRequest,
};
