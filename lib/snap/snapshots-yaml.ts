import { AppError } from '../errors';
import { cleanPath } from './clean-path';
import { parseYaml } from './yaml';
import { asList, asMap, asText, isNothing } from './yaml-value';

const FILE = 'meta/snapshots.yaml';
const FOLDERS = ['$SNAP_DATA', '$SNAP_COMMON', '$SNAP_USER_DATA', '$SNAP_USER_COMMON'];

const refuse = (sentence: string): never => {
  throw new AppError('snap-yaml-invalid', `${FILE}: ${sentence}`);
};

/** What a snap keeps out of snapshots of its data (snapd snap/snapshots.go). Throws AppError `yaml-invalid` or `snap-yaml-invalid`. */
export function assertSnapshotsYaml(file: string | Uint8Array): void {
  const top = parseYaml(file, FILE) ?? refuse('it is empty; leave it out.');
  if (isNothing(top)) return;
  const yaml = asMap(top) ?? refuse('it must be a map.');
  if (yaml.fault !== undefined) refuse(`it cannot be read: ${yaml.fault}.`);
  const exclude = yaml.get('exclude');
  if (isNothing(exclude)) return;
  for (const item of asList(exclude) ?? refuse('exclude must be a list of paths.')) {
    const path = asText(item) ?? (isNothing(item) ? '' : refuse('exclude must be a list of paths.'));
    if (!FOLDERS.includes(path.split('/')[0]!)) refuse(`exclude has "${path.slice(0, 80)}"; a path starts with ${FOLDERS.join(', ')}.`);
    if (cleanPath(path) !== path) refuse(`exclude has "${path.slice(0, 80)}"; write it as "${cleanPath(path).slice(0, 80)}".`);
    if (/[[\]{}?]|\*\*/.test(path)) refuse(`exclude has "${path.slice(0, 80)}"; single asterisks are the only pattern in it.`);
  }
}
