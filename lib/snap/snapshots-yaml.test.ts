import { expect, it } from 'vitest';
import { assertSnapshotsYaml } from './snapshots-yaml';

it.each(['exclude: [$SNAP_DATA/a, $SNAP_USER_COMMON/*/b, $SNAP_COMMON]', 'exclude: ~', '{}', '~'])('%j keeps data out of snapshots', (text) => expect(() => assertSnapshotsYaml(text)).not.toThrow());

it.each([
  ['', 'empty'],
  ['# nothing', 'empty'],
  ['- a', 'must be a map'],
  ['exclude: $SNAP_DATA', 'a list of paths'],
  ['exclude: [[a]]', 'a list of paths'],
  ['exclude: [$SNAP/a]', 'starts with $SNAP_DATA'],
  ['exclude: [$SNAP_DATA/../a]', 'write it as "a"'],
  ['exclude: ["$SNAP_DATA/**"]', 'single asterisks'],
  ['exclude: ["$SNAP_DATA/{a}"]', 'single asterisks'],
])('%j is refused', (text, words) => expect(() => assertSnapshotsYaml(text)).toThrow(expect.objectContaining({ code: 'snap-yaml-invalid', message: expect.stringContaining(words) as string })));
