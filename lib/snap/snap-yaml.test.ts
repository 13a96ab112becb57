import { describe, expect, it } from 'vitest';
import { parseSnapYaml } from './snap-yaml';
import { parseYaml } from './yaml';

const refusal = (code: string, words: string) => expect.objectContaining({ code, message: expect.stringContaining(words) as string });

describe('snap.yaml', () => {
  it('is an app for all architectures when it says no more than its name', () => {
    expect(parseSnapYaml('name: hello\nversion: 1.10\n')).toEqual({
      name: 'hello',
      version: '1.10',
      type: 'app',
      base: undefined,
      architectures: ['all'],
      confinement: 'strict',
      provenance: 'global-upload',
      title: '',
      summary: '',
      assumes: [],
      systemUsernames: [],
      contentPlugs: [],
      contentSlots: [],
      links: Object.create(null),
      license: '',
      components: new Map(),
    });
  });

  it('reads what an image needs', () => {
    const info = parseSnapYaml(`
name: kiosk
version: '2'
base: core24
type: app
architectures: [amd64, arm64]
confinement: devmode
provenance: prod
summary: "A kiosk: full screen"
links:
  contact: [mailto:a@example.com]
  website: https://example.com
plugs:
  home:
  graphics:
    interface: content
    target: $SNAP/graphics
    default-provider: mesa-2404:mesa
  data: {interface: content, content: shared, target: $SNAP/data, default-provider: data-snap}
  content:
    target: x
  nowhere: {interface: content, default-provider: data-snap}
  outside: {interface: content, target: ../x}
  pattern: {interface: content, target: "a*"}
slots:
  themes:
    interface: content
    content: gtk-themes
    read: [$SNAP/themes]
  run: {interface: content, source: {write: [$SNAP_DATA/run, /]}}
  empty: content
  both: {interface: content, source: {read: [a]}, read: [a]}
  unclean: {interface: content, read: [a//b]}
`);
    expect(info).toMatchObject({ type: 'app', base: 'core24', architectures: ['amd64', 'arm64'], confinement: 'devmode', provenance: 'prod', version: '2' });
    expect(info.contentPlugs).toEqual([
      { name: 'graphics', content: 'graphics', defaultProvider: 'mesa-2404' },
      { name: 'data', content: 'shared', defaultProvider: 'data-snap' },
      { name: 'content', content: 'content', defaultProvider: undefined },
    ]);
    expect(info.contentSlots).toEqual([
      { name: 'themes', content: 'gtk-themes' },
      { name: 'run', content: 'run' },
    ]);
    expect({ ...info.links }).toEqual({ contact: ['mailto:a@example.com'], website: ['https://example.com'] });
  });

  it('knows no tag of what goes by a compatibility label, and passes over what is none', () => {
    const plugs = (label: string, more = '') => parseSnapYaml(`name: a1\nplugs:\n  p: {interface: content, target: x, default-provider: b1, compatibility: "${label}"${more}}\n`).contentPlugs.map(({ content }) => content);
    for (const label of ['gfx', 'gfx-1', 'gfx-(1..3)-ab-2', 'gfx-1 AND (a OR b-2 OR c)']) expect(plugs(label)).toEqual(['']);
    for (const label of ['!!', 'gfx-', 'GFX', 'a AND', 'a b', '(a', '1-gfx']) expect(plugs(label)).toEqual([]);
    expect(plugs('gfx-1', ', content: c')).toEqual([]);
    expect(plugs('')).toEqual(['p']);
    expect(parseSnapYaml('name: a1\nslots:\n  s: {interface: content, read: [x], compatibility: gfx-1}\n').contentSlots).toEqual([{ name: 's', content: '' }]);
  });

  it('tells os as core, application as app, and snapd by its name', () => {
    expect(parseSnapYaml('name: core\ntype: os').type).toBe('core');
    expect(parseSnapYaml('name: hello\ntype: application').type).toBe('app');
    expect(parseSnapYaml('name: snapd\ntype: app').type).toBe('snapd');
    expect(parseSnapYaml('name: bare\ntype: base\nbase: none').base).toBe('none');
    expect(parseSnapYaml('name: hello\nbase: ~\narchitectures: null').base).toBeUndefined();
  });

  it.each([
    ['version: 1', 'name is missing'],
    ['name: Hello', 'lower-case'],
    ['name: hello_one', 'parallel instance'],
    ['name: [a]', 'must be a text'],
    ['- name: hello', 'must be a map'],
    ['', 'must be a map'],
    ['name: hello\ntype: oem', 'type is "oem"'],
    ['name: hello\nbase: ../etc', 'the base'],
    ['name: hello\narchitectures: amd64', 'architectures must be a list'],
    ['name: hello\narchitectures: [[amd64]]', 'list of names'],
    ['name: hello\nconfinement: loose', 'confinement is "loose"'],
    ['name: hello\nversion: 1/2', 'version'],
    ['name: hello\nversion: ../../x', 'version'],
    ['name: hello\nprovenance: a/b', 'provenance'],
    ['name: hello\nplugs: [home]', 'plugs must be a map'],
  ])('is refused: %j', (text, words) => {
    expect(() => parseSnapYaml(text)).toThrow(refusal('snap-yaml-invalid', words));
  });
});

describe('hostile YAML', () => {
  it.each([
    ['name: &a hello\nbase: *a', 'alias'],
    ['name: hello\nname: other', 'a second time'],
    ['a: {b: 1, b: 2}', 'a second time'],
    ['name: !!js/function x', 'line 1'],
    ['name: !!binary aGVsbG8=', 'line 1'],
    ['name: hello\n---\nname: other', 'line'],
    ['name: hello\n\tversion: 1', 'line'],
    ['? [a, b]\n: c', 'not a word'],
    ['a: ' + '['.repeat(100) + ']'.repeat(100), 'nested deeper'],
    ['['.repeat(5000), 'nested'],
  ])('is refused with the words that follow (%#)', (text, words) => {
    expect(() => parseYaml(text, 'a file')).toThrow(refusal('yaml-invalid', words));
  });

  it('is refused by its size before it is read', () => {
    expect(() => parseYaml(`a: ${'é'.repeat(600_000)}`, 'a file')).toThrow(refusal('yaml-invalid', 'larger than'));
  });

  it('with a hundred thousand keys costs no more than seconds', () => {
    const text = Array.from({ length: 60_000 }, (_, i) => `k${i}: v`).join('\n');
    expect((parseYaml(text, 'a file') as Map<string, string>).size).toBe(60_000);
  }, 30_000);

  it('keeps keys that JavaScript would take for its own, but the one that changes what an object is', () => {
    expect([...(parseYaml('constructor: x\ntoString: y', 'a file') as Map<string, unknown>).keys()]).toEqual(['constructor', 'toString']);
    expect(() => parseYaml('__proto__: {polluted: yes}', 'a file')).toThrow('__proto__');
  });

  it('is read as text: nothing becomes a number, a date or a boolean', () => {
    expect([...(parseYaml('a: 1.10\nb: yes\nc: 2020-01-01\nd: 0x10\ne: "null"\nf: null\ng: <<', 'a file') as Map<string, unknown>).values()]).toEqual(['1.10', 'yes', '2020-01-01', '0x10', 'null', null, '<<']);
  });
});
