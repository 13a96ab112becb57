import { expect, it } from 'vitest';
import { fromUtf8 } from '../bytes';
import { writeOptionsYaml } from './options-yaml';

it('is snapd\'s options.yaml, byte for byte', () =>
  expect(
    fromUtf8(
      writeOptionsYaml([
        { name: 'snapd', id: 'PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4', channel: 'latest/edge', components: [] },
        { name: 'pc', id: '', unasserted: 'pc_1.0.snap', components: [{ name: 'more', unasserted: 'pc+more_1.0.comp' }, { name: 'plain' }] },
        { name: '123', channel: '24', unasserted: 'x: y.snap', components: [] },
      ]),
    ),
  ).toBe(
    'snaps:\n- name: snapd\n  id: PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4\n  channel: latest/edge\n- name: pc\n  unasserted: pc_1.0.snap\n  components:\n  - name: more\n    unasserted: pc+more_1.0.comp\n  - name: plain\n- name: "123"\n  unasserted: \'x: y.snap\'\n  channel: "24"\n',
  ));
