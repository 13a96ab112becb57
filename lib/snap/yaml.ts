import { utf8 } from '../bytes';
import { AppError } from '../errors';
import { YamlFault } from './yaml-cursor';
import { decodeYaml } from './yaml-decode';
import { YamlParser } from './yaml-parser';
import type { YamlValue } from './yaml-value';

const MAX_BYTES = 1 << 20;
/** Go's YAML decodes as much ahead of a token. */
const LOOKAHEAD = 4;

/**
 * Reads the first document of YAML that nobody vouches for, as Go's yaml.v2 reads it, which snapd reads its
 * files with: at most `maxBytes` (1 MiB), no aliases, no key twice, 32 levels. undefined where there is no
 * document. `what` names the file in the sentence. Throws AppError `yaml-invalid`.
 */
export function parseYaml(
  file: string | Uint8Array,
  what: string,
  maxBytes = MAX_BYTES,
): YamlValue | undefined {
  const refuse = (why: string, cause?: unknown): never => {
    throw new AppError('yaml-invalid', `${what} is not YAML that Imprint reads: ${why}.`, { cause });
  };
  if (file.length > maxBytes) return refuse(`it is larger than ${maxBytes} bytes`);
  const bytes = typeof file === 'string' ? utf8(file) : file;
  if (bytes.length > maxBytes) return refuse(`it is larger than ${maxBytes} bytes`);
  const { text, fault } = decodeYaml(bytes);
  const parser = new YamlParser(text);
  const isCutOff = (): boolean => fault !== undefined && parser.pos + LOOKAHEAD > text.length;
  try {
    const value = parser.readFirst();
    return isCutOff() ? refuse(fault!) : value;
  } catch (cause) {
    if (!(cause instanceof YamlFault)) throw cause;
    return refuse(isCutOff() ? fault! : `line ${cause.line}: ${cause.message}`, cause);
  }
}
