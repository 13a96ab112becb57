import { fromUtf8 } from '../../lib/bytes';
import { parseYaml } from '../../lib/snap/yaml';
import { asList, asMap, asText, type YamlMap } from '../../lib/snap/yaml-value';
import { fault, type SeedFiles } from './verify-check';

export type OptionsSnap = { name: string; id: string | undefined; /** File name. */ unasserted: string | undefined; components: { name: string; unasserted: string | undefined }[] };

const MAX_BYTES = 2 ** 20;

/** What the options of a system say of its snaps; none when it has no options (snapd seed/internal/options20.go). Throws Refusal `seed-options`, AppError `yaml-invalid`. */
export async function readOptions(files: SeedFiles, system: string): Promise<OptionsSnap[]> {
  const path = `${system}/options.yaml`;
  if ((await files.sizeOf(path)) === undefined) return [];
  const text = fromUtf8(await files.read(path, MAX_BYTES)) ?? fault('seed-options', `${path} is no text in UTF-8.`);
  const snaps = asList(asMap(parseYaml(text, path))?.get('snaps')) ?? fault('seed-options', `${path} has no list of snaps.`);
  return snaps.map((each) => {
    const map = asMap(each) ?? fault('seed-options', `${path} has an entry that is no snap.`);
    const components = (asList(map.get('components')) ?? []).map((component) => namedFile(asMap(component), path));
    return { ...namedFile(map, path), id: asText(map.get('id')), components };
  });
}

function namedFile(map: YamlMap | undefined, path: string): { name: string; unasserted: string | undefined } {
  const [name, unasserted] = [asText(map?.get('name')), asText(map?.get('unasserted'))];
  if (name === undefined || name === '') return fault('seed-options', `${path} has an entry without a name.`);
  if (unasserted !== undefined && (unasserted.includes('/') || /^\.{0,2}$/.test(unasserted))) fault('seed-options', `${path} names ${unasserted} as the file of ${name}, and that is no file name.`);
  return { name, unasserted };
}
