import { describe, expect, it } from 'vitest';
import { importsOf, projectFiles, readProjectFile } from './project-files';

const files = new Set(projectFiles());
const folders = new Set([...files].flatMap((file) => file.split('/').slice(0, -1).map((_, i, parts) => parts.slice(0, i + 1).join('/'))));
const exists = (path: string) => files.has(path) || folders.has(path.replace(/\/$/, ''));

type Lock = { packages: Record<string, { version?: string; resolved?: string; link?: boolean; extraneous?: boolean; optionalDependencies?: Record<string, string> }> };
const lock = JSON.parse(readProjectFile('package-lock.json')) as Lock;
const manifest = JSON.parse(readProjectFile('package.json')) as { scripts: Record<string, string>; dependencies: Record<string, string>; devDependencies: Record<string, string>; optionalDependencies: Record<string, string> };

describe('the lock file', () => {
  it('names no host: packages come from the registry that npm is set to', () => expect(Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]));
  it('has an entry for every optional package, so that npm ci works on every platform', () => {
    const missing = Object.entries(lock.packages).flatMap(([path, { optionalDependencies = {} }]) => Object.keys(optionalDependencies).filter((name) => !lock.packages[`node_modules/${name}`] && !lock.packages[`${path}/node_modules/${name}`]).map((name) => `${path || 'the project'}: ${name}`));
    expect(missing).toEqual([]);
  });
  it('has nothing that nobody asked for', () => expect(Object.entries(lock.packages).filter(([, entry]) => entry.extraneous || entry.link)).toEqual([]));
});

describe('the packages', () => {
  const asked = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
  it('are pinned to one version each', () => expect(Object.entries(asked).filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]));
  it('that the console runs with are no development packages', () => {
    const running = [...files].filter((file) => /^(?:app|components|db|lib|workers)\/.*\.tsx?$/.test(file) && !/\.test\.tsx?$|(?:\/|\.)testing(?:\/|\.tsx?$)/.test(file));
    const used = new Set(running.flatMap((file) => importsOf(readProjectFile(file)).filter(({ typeOnly }) => !typeOnly).map(({ from }) => from)));
    const wrong = Object.keys(manifest.devDependencies).filter((name) => [...used].some((from) => from === name || from.startsWith(`${name}/`)));
    // Tailwind is only in the style sheet, which the pages are built from.
    expect(wrong).toEqual([]);
  });
});

describe('the scripts of package.json', () => {
  it.each(Object.entries(manifest.scripts))('%s runs a file that there is', (_, command) => {
    const [, file] = /^exec node (\S+)$/.exec(command) ?? [];
    expect(file && exists(file)).toBe(true);
  });
});

describe('the README', () => {
  const readme = readProjectFile('README.md');
  it('is short', () => expect(readme.split('\n').length).toBeLessThanOrEqual(151));
  it('names only commands that there are', () => {
    const named = [...readme.matchAll(/\bnpm (?:run (?:-s )?)?([a-z]+)\b/g)].map(([, name]) => name!).filter((name) => name !== 'ci' && name !== 'install');
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !(name in manifest.scripts))).toEqual([]);
  });
  it('links and points only to what there is', () => {
    const linked = [...readme.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, path]) => path!.replace(/^\.\//, ''));
    const pointed = [...readme.matchAll(/`((?:app|components|db|lib|workers|scripts|docs|e2e|public|bench)\/[\w./[\]()-]*)`/g)].map(([, path]) => path!);
    expect([...linked, ...pointed].filter((path) => !exists(path))).toEqual([]);
  });
});
