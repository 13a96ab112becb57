import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { helpOf } from './command';
import { COMMANDS, main } from './main';
import { openTerminal } from './terminal';
import { imprint, inProject, makeFolder } from './testing';

vi.setConfig({ testTimeout: 60_000 });

let folder: string;
let remove: () => void;
beforeAll(() => void ({ folder, remove } = makeFolder({ 'tsconfig.json': 'not for us', 'a.json': '{}' })));
afterAll(() => remove());

const names = Object.keys(COMMANDS);
const guide = readFileSync(inProject('docs/cli.md'), 'utf8');

describe('the command line', () => {
  it('lists its commands on demand', async () => {
    const { code, stdout, stderr } = await imprint(['--help'], { folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const name of names) expect(stdout).toContain(`  ${name} `);
    expect((await imprint(['key', '--help'])).stdout).toMatch(/key id .*\n.*key generate .*\n.*key request /);
  });

  it('explains each command', async () => {
    const { code, stdout, stderr } = await imprint(['assertion', 'verify', '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(helpOf(await COMMANDS['assertion verify']!()));
    expect(stdout).toContain('Usage: npm run -s imprint -- assertion verify --trusted ROOTS [--at TIME] [--json] FILE…');
  });

  it.each(names)('has %s in its guide, and names it as it is called', async (name) => {
    expect((await COMMANDS[name]!()).name).toBe(name);
    expect(guide).toContain(`| \`${name} `);
    expect(guide).toContain(name.startsWith('key ') ? `* \`${name}\`` : `### ${name}\n`);
  });

  it.each([
    ['nothing at all', [], 'Usage'],
    ['an option that there is not', ['key', 'id', '--fast', 'a.json'], "Unknown option '--fast'."],
  ])('exits 2 for %s, with a sentence on stderr', async (_, args, sentence) => {
    const { code, stdout, stderr } = await imprint(args, { folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
  });

  it.each([
    ['a command that there is not', ['assertion', 'burn'], 'There is no command "assertion burn"'],
    ['an option without its value', ['assertion', 'verify', 'a.json', '--trusted'], '--trusted'],
    ['an option that is missing', ['assertion', 'verify', 'a.json'], '--trusted ROOTS is missing'],
    ['a time that is none', ['assertion', 'verify', '--trusted', 'a.json', '--at', 'noon', 'a.json'], '--at noon is no time'],
    ['too few files', ['model', 'diff', 'a.json'], 'takes 2 files; one was given'],
    ['files beside a batch', ['model', 'check', '--batch', 'a.json'], 'takes no files'],
    ['stdin twice', ['model', 'diff', '-', '-'], 'Standard input can be read once'],
    ['a file that is not there', ['key', 'id', 'gone.pem'], 'gone.pem cannot be read: there is no such file'],
    ['a folder', ['key', 'id', '.'], '. cannot be read: it is a folder'],
    ['a place where nothing can be written', ['key', 'generate', '--out', 'gone/key.pem'], 'gone/key.pem cannot be written: its folder is not there'],
  ])('calls %s a misuse', async (_, args, sentence) => {
    const written: string[] = [];
    const said: string[] = [];
    const terminal = { ...openTerminal(folder), write: async (part: string | Uint8Array) => void written.push(String(part)), say: (line: string) => void said.push(line) };
    expect(await main(args, folder, terminal)).toBe(2);
    expect(written).toEqual([]);
    expect(said.join('\n')).toContain(sentence);
  });

  it('takes names of files from where npm was called', async () => {
    const { code, stderr } = await imprint(['key', 'id', 'a.json'], { env: { npm_lifecycle_event: 'imprint', INIT_CWD: folder } });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^a\.json: /);
  });
});
