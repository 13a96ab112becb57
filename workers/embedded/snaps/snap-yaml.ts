import { stringify } from 'yaml';
import type { Architecture } from './architecture';
import { TITLES } from './recipe';
import type { DemoSnapName } from './recipe';

/** The text of `meta/snap.yaml`; `more` holds the keys that only this snap has. */
export function snapYaml(name: DemoSnapName, version: string, architecture: Architecture, more: Record<string, unknown>): string {
  return stringify({ name, version, ...TITLES[name], architectures: [architecture], confinement: 'strict', grade: 'stable', ...more });
}

/** snapd takes at most 32 characters of this alphabet as a version (snapd snap/validate.go). */
export const snapVersion = (text: string): string => text.replace(/[^A-Za-z0-9:.+~-]/g, '-').slice(0, 32).replace(/[^A-Za-z0-9+~]+$/, '');
