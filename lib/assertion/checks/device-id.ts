import { ACCOUNT_ID, MIXED_NAME, SERIAL } from '../scalars';

/** For messages: what a device is called. */
export const DEVICE_ID = 'a device: <serial>.<model>.<brand-id>';

/** snapd asserts/messages.go newDeviceIDFromString */
export function isDeviceId(text: string): boolean {
  const [serial = '', model = '', brandId = '', ...more] = text.split('.', 4);
  return more.length === 0 && SERIAL.test(serial) && MIXED_NAME.test(model) && ACCOUNT_ID.test(brandId);
}
