import type { Assertion, Headers } from '../assertion';
import { ACCOUNT_ID, LOWER_NAME, MESSAGE_KIND } from '../scalars';
import { DEVICE_ID, isDeviceId } from './device-id';
import { breaks, optionalTextList, requireMatch, requireTime } from './rules';

const MESSAGE_ID = /^[a-zA-Z0-9]{4,16}(?:-0*[1-9][0-9]*)?$/;
const STATUS = /^(?:success|error|unauthorized|rejected)$/;

/** snapd asserts/messages.go */
export function checkRequestMessage({ headers, body }: Assertion): void {
  checkMessage(headers);
  requireMatch(headers, 'message-kind', MESSAGE_KIND, 'words of lower-case letters joined by single hyphens');
  const devices = optionalTextList(headers, 'devices');
  if (devices.length === 0) breaks('devices', 'should name at least one device');
  devices.forEach((device, i) => {
    if (!isDeviceId(device)) breaks(`devices[${i}]`, `should be ${DEVICE_ID}`);
  });
  const seen = new Set<string>();
  devices.forEach((device, i) => {
    if (seen.has(device)) breaks(`devices[${i}]`, 'names a device a second time');
    seen.add(device);
  });
  optionalTextList(headers, 'assumes').forEach((flag, i) => {
    if (!isAssumption(flag))
      breaks(`assumes[${i}]`, 'is no feature: write snapd2.70, isa-<arch>-<isa> or a word');
  });
  const since = requireTime(headers, 'valid-since');
  if (requireTime(headers, 'valid-until') < since) breaks('valid-until', 'cannot be before "valid-since"');
  if (body.length === 0) breaks('body-length', 'says that there is no message in the body');
}

export function checkResponseMessage({ headers }: Assertion): void {
  checkMessage(headers);
  requireMatch(headers, 'device', isDeviceId, DEVICE_ID);
  requireMatch(headers, 'status', STATUS, '"success", "error", "unauthorized" or "rejected"');
}

function checkMessage(headers: Headers): void {
  requireMatch(headers, 'account-id', ACCOUNT_ID, 'an account id');
  const what =
    '4 to 16 letters and digits, and behind a hyphen a number from 1 on where it is one of a sequence';
  requireMatch(headers, 'message-id', MESSAGE_ID, what);
  requireTime(headers, 'timestamp');
}

/** snapd snap/naming/validate.go ValidateAssumes, without a version, features or an architecture to ask for. */
function isAssumption(flag: string): boolean {
  if (/^snapd[1-9]/.test(flag)) return true;
  return flag.startsWith('isa-') ? /^isa-[^-]+-/.test(flag) : LOWER_NAME.test(flag);
}
