import { utf8 } from '../bytes';
import { writeYaml, type YamlEntries, type YamlNode } from './yaml-out';

/** What a seed of grade dangerous does otherwise than its model says, for one snap (snapd seed/internal/options20.go). Empty parts are left out. */
export type OptionsSnap = { name: string; id?: string | undefined; /** File name. */ unasserted?: string | undefined; channel?: string | undefined; components: { name: string; unasserted?: string | undefined }[] };

/** `options.yaml`, byte for byte as snapd writes it. */
export const writeOptionsYaml = (snaps: readonly OptionsSnap[]): Uint8Array =>
  utf8(
    writeYaml(
      entries(['snaps', snaps.map(({ name, id, unasserted, channel, components }) => entries(['name', name], ['id', id || undefined], ['unasserted', unasserted || undefined], ['channel', channel || undefined], ['components', components.length > 0 ? components.map((c) => entries(['name', c.name], ['unasserted', c.unasserted || undefined])) : undefined]))]),
    ),
  );

const entries = (...all: (readonly [key: string, value: YamlNode | undefined])[]): YamlEntries => ({ entries: all.filter((entry): entry is readonly [string, YamlNode] => entry[1] !== undefined) });
