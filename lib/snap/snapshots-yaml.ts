import { AppError } from '../errors';
import { cleanPath } from './clean-path';
import { asList, asMap, asText, parseYaml } from './yaml';

const FILE = 'meta/snapshots.yaml';
const FOLDERS = ['$SNAP_DATA', '$SNAP_COMMON', '$SNAP_USER_DATA', '$SNAP_USER_COMMON'];

const refuse = (sentence: string): never => {
  throw new AppError('snap-yaml-invalid', `${FILE}: ${sentence}`);
};

/** What a snap keeps out of snapshots of its data (snapd snap/snapshots.go). Throws AppError `yaml-invalid` or `snap-yaml-invalid`. */
export function assertSnapshotsYaml(text: string): void {
  const yaml = parseYaml(text, FILE);
  if (yaml === null && !/^[^#]*(?:~|null)/im.test(text)) refuse('it is empty; leave it out.');
  const exclude = yaml === null ? null : ((asMap(yaml) ?? refuse('it must be a map.')).get('exclude') ?? null);
  if (exclude === null) return;
  for (const item of asList(exclude) ?? refuse('exclude must be a list of paths.')) {
    const path = asText(item) ?? (item === null ? '' : refuse('exclude must be a list of paths.'));
    if (!FOLDERS.includes(path.split('/')[0]!)) refuse(`exclude has "${path.slice(0, 80)}"; a path starts with ${FOLDERS.join(', ')}.`);
    if (cleanPath(path) !== path) refuse(`exclude has "${path.slice(0, 80)}"; write it as "${cleanPath(path).slice(0, 80)}".`);
    if (/[[\]{}?]|\*\*/.test(path)) refuse(`exclude has "${path.slice(0, 80)}"; single asterisks are the only pattern in it.`);
  }
}
