import type { JsonWebKey } from 'node:crypto';
import { JsonError, parseJson } from '../json/parse-json';
import { KeyImportError } from './import-error';

/** Reads a JWK; white space and a byte order mark around it do not matter. Throws KeyImportError. */
export function parseJwk(text: string): JsonWebKey {
  try {
    // Blanks of the same width, so that places stay those of the file.
    return parseJson(text.replace(/^\s+/, (space) => space.replace(/[^\r\n]/g, ' ')).trimEnd()) as JsonWebKey;
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    // Its own sentence quotes a character of what may be a secret.
    const { line, column } = error.place;
    const message = `This looks like a JWK, and is no JSON (line ${line}, column ${column}).`;
    throw new KeyImportError('key-malformed', message);
  }
}
