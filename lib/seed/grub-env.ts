import { concat, fromUtf8, utf8 } from '../bytes';
import { AppError } from '../errors';

const SIZE = 1024;
const HEAD = '# GRUB Environment Block\n';

/** A GRUB environment: exactly 1,024 bytes, which GRUB writes over in place. Throws AppError `grub-env-too-big`, `grub-env-invalid` for a value that GRUB reads otherwise than snapd. */
export function writeGrubEnv(variables: readonly (readonly [name: string, value: string])[]): Uint8Array {
  for (const [name, value] of variables) {
    if (!/^[a-z_]+$/.test(name)) throw new RangeError(`no variable for a GRUB environment: ${name}`);
    // snapd writes both as they are, and GRUB then reads another variable, or none. Anything else is the same to both but a backslash.
    if (/[\0\n]/.test(value)) throw new AppError('grub-env-invalid', `GRUB's variable ${name} would hold a line break or a NUL ("${value.slice(0, 80)}"); take it out of the gadget's kernel arguments.`);
  }
  const text = utf8(HEAD + variables.map(([name, value]) => `${name}=${value}\n`).join(''));
  if (text.length > SIZE) throw new AppError('grub-env-too-big', `The boot loader's variables take ${text.length} bytes, and ${SIZE} are there; shorten the gadget's kernel arguments.`);
  return concat(text, new Uint8Array(SIZE - text.length).fill('#'.charCodeAt(0)));
}

/** The variables of a GRUB environment. Throws RangeError when it is none. */
export function readGrubEnv(bytes: Uint8Array): Map<string, string> {
  const text = fromUtf8(bytes);
  if (bytes.length !== SIZE || !text?.startsWith(HEAD)) throw new RangeError('no GRUB environment');
  const lines = text.slice(HEAD.length).split('\n').slice(0, -1);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}
