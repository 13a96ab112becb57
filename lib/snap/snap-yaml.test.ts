import { describe, expect, it } from 'vitest';
import { parseSnapYaml } from './snap-yaml';

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
      hasUserDaemons: false,
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
    const deep = `${'('.repeat(50_000)}a${')'.repeat(50_000)}`;
    const open = `${'(a OR '.repeat(50_000)}a`;
    const labels = ['gfx', 'gfx-1', 'gfx-(1..3)-ab-2', 'gfx-1 AND (a OR b-2 OR c)', ' ( (a) ) ', 'a AND b OR c', deep];
    for (const label of labels) expect(plugs(label)).toEqual(['']);
    const none = ['!!', 'gfx-', 'GFX', 'a AND', 'a b', '(a', '1-gfx', 'a)', '()', 'a (b)', '(a) (b)', 'AND a', 'a ANDb'];
    for (const label of [...none, 'a AND OR b', open]) expect(plugs(label)).toEqual([]);
    expect(plugs('gfx-1', ', content: c')).toEqual([]);
    expect(plugs('')).toEqual(['p']);
    expect(parseSnapYaml('name: a1\nslots:\n  s: {interface: content, read: [x], compatibility: gfx-1}\n').contentSlots).toEqual([{ name: 's', content: '' }]);
  });

  it.each(['../', './', 'a//'])('passes over a path of %s, however long it is', (part) =>
    expect(parseSnapYaml(`name: a1\nplugs:\n  p: {interface: content, target: "${part.repeat(200_000)}b"}\n`).contentPlugs).toEqual([]));

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
    ['', 'name is missing'],
    ['---\n---\nname: hello', 'name is missing'],
    ['name: hello\ntype: oem', 'type is "oem"'],
    ['name: hello\nbase: ../etc', 'the base'],
    ['name: hello\narchitectures: amd64', 'architectures must be a list'],
    ['name: hello\narchitectures: [[amd64]]', 'architectures[0] must be a text'],
    ['name: hello\narchitectures: ""', 'architectures must be a list'],
    ['name: hello\nplugs: ""', 'plugs must be a map'],
    ['name: !!int hello', 'is no !!int'],
    ['name: hello\nconfinement: loose', 'confinement is "loose"'],
    ['name: hello\nversion: 1/2', 'version'],
    ['name: hello\nversion: ../../x', 'version'],
    ['name: hello\nprovenance: a/b', 'provenance'],
    ['name: hello\nplugs: [home]', 'plugs must be a map'],
  ])('is refused: %j', (text, words) => {
    expect(() => parseSnapYaml(text)).toThrow(refusal('snap-yaml-invalid', words));
  });
});
