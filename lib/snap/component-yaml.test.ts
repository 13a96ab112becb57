import { expect, it } from 'vitest';
import { parseComponentYaml } from './component-yaml';

it('is read of component.yaml', () => {
  expect(parseComponentYaml('component: app+maps\ntype: standard\n')).toEqual({ snapName: 'app', name: 'maps', type: 'standard', version: '', provenance: 'global-upload' });
  expect(parseComponentYaml('component: app+maps\ntype: kernel-modules\nversion: 1.2\nsummary: s\ndescription: ~\nprovenance: prod\n')).toMatchObject({ type: 'kernel-modules', version: '1.2', provenance: 'prod' });
});

it.each([
  ['type: standard', 'must be <snap>+<component>'],
  ['component: app\ntype: standard', 'must be <snap>+<component>'],
  ['component: app+maps+more\ntype: standard', 'must be <snap>+<component>'],
  ['component: app+maps', 'snapd knows standard'],
  ['component: app+maps\ntype: odd', 'type is "odd"'],
  ['component: app+maps\ntype: standard\nhooks: {}', '"hooks" is no key of it'],
  ['component: app+maps\ntype: standard\nversion: a b', 'the version "a b"'],
  ['component: app+maps\ntype: standard\nsummary: [a]', 'summary must be a text'],
  [`component: app+maps\ntype: standard\nsummary: ${'x'.repeat(129)}`, 'more than 128 characters'],
  [`component: app+maps\ntype: standard\ndescription: ${'x'.repeat(4097)}`, 'more than 4096 characters'],
  ['component: app+maps\ntype: standard\nprovenance: global-upload', 'leave it out'],
  ['component: app+maps\ntype: standard\nprovenance: a--b', 'the provenance "a--b"'],
  ['- a', 'must be a map'],
])('is refused: %j', (text, words) => expect(() => parseComponentYaml(text)).toThrow(expect.objectContaining({ code: 'component-yaml-invalid', message: expect.stringContaining(words) as string })));
