import { join, normalize } from 'node:path/posix';
import { describe, expect, it } from 'vitest';
import { CORE_FORBIDDEN, placeOf, whyNotImport, whyNotPackage } from './floors';
import { importsOf, projectFiles, readProjectFile } from './project-files';

const isTest = (file: string) => /\.test\.tsx?$|(?:\/|\.)testing(?:\/|\.tsx?$)|\/fixtures\//.test(file);
const all = projectFiles();
const sources = all.filter((file) => /^(?:app|workers|components|db|lib|e2e|scripts\/cli)\/.*\.tsx?$/.test(file));
const housed = sources.filter((file) => !isTest(file));
const known = new Set(all);

/** The project's own file behind an import, without its ending; undefined for a package. */
const targetOf = (file: string, from: string) => (from.startsWith('@/') ? from.slice(2) : from.startsWith('.') ? normalize(join(file, '..', from)) : undefined);
const fileOf = (target: string) => ['', '.ts', '.tsx'].map((ending) => target + ending).find((file) => known.has(file));

describe('the floors', () => {
  it('hold: a file sees only what stands below it', () => {
    const broken = housed.flatMap((file) =>
      importsOf(readProjectFile(file)).flatMap(({ from }) => {
        const target = targetOf(file, from);
        const why = target === undefined ? whyNotPackage(placeOf(file), file, from) : whyNotImport(placeOf(file), placeOf(target), target);
        return why === undefined ? [] : [`${file}: ${why}`];
      }),
    );
    expect(broken).toEqual([]);
  });

  it('have a place for every file of lib', () => expect(housed.filter((file) => placeOf(file).floor === 'outside')).toEqual([]));

  it('have a file behind every import', () => {
    const missing = sources.flatMap((file) => importsOf(readProjectFile(file)).flatMap(({ from }) => (targetOf(file, from) !== undefined && fileOf(targetOf(file, from)!) === undefined ? [`${file}: ${from}`] : [])));
    expect(missing).toEqual([]);
  });

  it('have no barrels', () => expect(sources.filter((file) => /\/index\.tsx?$/.test(file))).toEqual([]));

  it('have no loops', () => {
    const edges = new Map(housed.map((file) => [file, importsOf(readProjectFile(file)).flatMap(({ from, typeOnly }) => (typeOnly || targetOf(file, from) === undefined ? [] : (fileOf(targetOf(file, from)!) ?? [])))]));
    expect(findLoop(edges)).toBeUndefined();
  });

  it('keep the environment in lib/env.ts', () => expect(housed.filter((file) => file !== 'lib/env.ts' && /\bprocess\.env\b/.test(withoutComments(readProjectFile(file))))).toEqual([]));

  it('keep clock, chance and Node’s own out of the core', () => {
    const broken = housed
      .filter((file) => placeOf(file).floor === 'core')
      .flatMap((file) => CORE_FORBIDDEN.filter(([pattern]) => pattern.test(withoutComments(readProjectFile(file))) && !mayUseBuffer(file, pattern)).map(([, law]) => `${file}: ${law}`));
    expect(broken).toEqual([]);
  });
});

describe('the law itself', () => {
  it('sees every way to import', () => {
    const source = `import a from 'one';\nimport { b,\n  c } from './two';\nimport type { D } from '@/three';\nimport 'four';\nexport { e } from './five';\nexport * from 'six';\nconst f = await import('seven');\n// import x from 'no'\n/* import y from 'no' */`;
    expect(importsOf(source).map(({ from }) => from).sort()).toEqual(['./five', './two', '@/three', 'four', 'one', 'seven', 'six']);
    expect(importsOf(source).filter(({ typeOnly }) => typeOnly)).toEqual([{ from: '@/three', typeOnly: true }]);
  });
  it.each([
    ['lib/assertion/x.ts', 'lib/model/y'],
    ['lib/model/x.ts', 'lib/keys/y'],
    ['lib/bytes.ts', 'lib/api/y'],
    ['lib/trust/x.ts', 'lib/storage/y'],
    ['lib/storage/x.ts', 'lib/snapstore/y'],
    ['lib/tools/x.ts', 'db/client'],
    ['db/x.ts', 'lib/log'],
    ['db/x.ts', 'app/auth'],
    ['components/x.tsx', 'db/schema/models'],
    ['components/x.tsx', 'lib/keys/y'],
    ['components/x.tsx', 'lib/env'],
    ['app/x.tsx', 'workers/web/y'],
    ['workers/x.ts', 'components/y'],
    ['workers/x.ts', 'app/y'],
    ['e2e/x.spec.ts', 'lib/access'],
    ['scripts/cli/x.ts', 'db/models'],
    ['lib/prepare/x.ts', 'db/builds'],
    ['lib/tools/x.ts', 'lib/prepare/y'],
    ['app/x.tsx', 'lib/prepare/y'],
    ['scripts/cli/x.ts', 'scripts/setup'],
  ])('%s may not see %s', (from, to) => expect(whyNotImport(placeOf(from), placeOf(to), to)).toBeTypeOf('string'));
  it.each([
    ['lib/trust/x.ts', 'lib/assertion/y'],
    ['lib/snapstore/x.ts', 'lib/env'],
    ['db/x.ts', 'lib/keys/y'],
    ['app/x.tsx', 'db/models'],
    ['workers/build/x.ts', 'workers/web/y'],
    ['scripts/cli/x.ts', 'lib/trust/y'],
    ['scripts/cli/x.ts', 'lib/prepare/y'],
    ['workers/build/x.ts', 'lib/prepare/y'],
    ['lib/prepare/x.ts', 'lib/tools/y'],
    ['scripts/setup.test.ts', 'lib/tools/y'],
  ])('%s may see %s', (from, to) => expect(whyNotImport(placeOf(from), placeOf(to), to)).toBeUndefined());
  it.each([
    ['lib/model/x.ts', 'node:crypto'],
    ['lib/keys/x.ts', 'node:fs'],
    ['lib/storage/x.ts', 'next/headers'],
    ['db/x.ts', 'react'],
    ['workers/build/x.ts', 'next'],
    ['components/x.tsx', 'node:fs'],
    ['scripts/cli/x.ts', 'pg'],
  ])('%s may not see the package %s', (file, name) => expect(whyNotPackage(placeOf(file), file, name)).toBeTypeOf('string'));
  it('finds a loop', () => {
    expect(findLoop(new Map([['a', ['b']], ['b', ['c']], ['c', ['b']]]))).toEqual(['b', 'c', 'b']);
    expect(findLoop(new Map([['a', ['b', 'c']], ['b', ['c']], ['c', []]]))).toBeUndefined();
  });
});

const withoutComments = (source: string) => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
const mayUseBuffer = (file: string, pattern: RegExp) => pattern.source.includes('Buffer') && /^lib\/(?:keys|trust)\//.test(file);

function findLoop(edges: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (node: string): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (done.has(node)) return undefined;
    path.push(node);
    for (const next of edges.get(node) ?? []) {
      const loop = visit(next);
      if (loop) return loop;
    }
    path.pop();
    done.add(node);
    return undefined;
  };
  for (const node of edges.keys()) {
    const loop = visit(node);
    if (loop) return loop;
  }
  return undefined;
}
