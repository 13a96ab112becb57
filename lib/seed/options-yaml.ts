import { utf8 } from '../bytes';

/** What a seed of grade dangerous does otherwise than its model says, for one snap (snapd seed/internal/options20.go). Empty parts are left out. */
export type OptionsSnap = { name: string; id?: string | undefined; /** File name. */ unasserted?: string | undefined; channel?: string | undefined; components: { name: string; unasserted?: string | undefined }[] };

/** `options.yaml`, byte for byte as snapd writes it. */
export function writeOptionsYaml(snaps: readonly OptionsSnap[]): Uint8Array {
  const key = (indent: string, name: string, value: string | undefined): string => (value ? `${indent}${name}: ${value}\n` : '');
  return utf8(
    `snaps:\n${snaps
      .map(({ name, id, unasserted, channel, components }) => {
        const own = `- name: ${name}\n${key('  ', 'id', id)}${key('  ', 'unasserted', unasserted)}${key('  ', 'channel', channel)}`;
        const theirs = components.map((c) => `  - name: ${c.name}\n${key('    ', 'unasserted', c.unasserted)}`).join('');
        return `${own}${theirs ? `  components:\n${theirs}` : ''}`;
      })
      .join('')}`,
  );
}
