import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { EvidenceInput } from '../evidence/input';

/** This program, as it is named in what it makes. */
export const product = (): EvidenceInput['product'] => ({ name: 'Imprint', version: String((JSON.parse(readFileSync(path.join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string }).version) });
