import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { buildRequest } from './builds';
import { newModelRequest, saveVersionRequest } from './models';
import { parseBody, parseQuery } from './parse';
import { MAX_PROBLEMS } from './problems';
import { keepImagesRequest } from './retention';
import { createShareRequest } from './shares';
import { snapQuery } from './snaps';

const problems = (schema: z.ZodType, value: unknown) =>
  parseBody(value, schema).problems.map(({ path, message }) => [path, message]);
const paths = (schema: z.ZodType, value: unknown) =>
  parseBody(value, schema).problems.map(({ path, code }) => `${path} ${code}`);

describe('an unknown field', () => {
  it('is told with the known one that is near, and beside all others', () => {
    expect(problems(buildRequest, { model: 'box', revison: 99, imageSize: '1G' })).toEqual([
      ['revison', 'There is no field “revison”. Did you mean “revision”?'],
      ['imageSize', 'There is no field “imageSize”; there is model, revision.'],
    ]);
    expect(problems(newModelRequest, { template: 'amd64-core24', name: 'typo', gradde: 'signed' })).toEqual([
      ['gradde', 'There is no field “gradde”. Did you mean “grade”?'],
    ]);
    expect(problems(createShareRequest, { expiresInDay: 1 })).toEqual([
      ['expiresInDay', 'There is no field “expiresInDay”. Did you mean “expiresInDays”?'],
    ]);
  });

  it('is told beside what else is wrong', () => {
    expect(paths(buildRequest, { revision: -1, modle: 'box' })).toEqual([
      'model invalid-type',
      'revision too-small',
      'modle unknown-field',
    ]);
  });

  it('is told in objects within lists and maps, whatever wraps them', () => {
    const inner = z.strictObject({ size: z.number() });
    const schema = z.strictObject({
      list: z.array(inner.optional()).default([]),
      map: z.record(z.string(), inner.nullable()).optional(),
      either: z.union([z.string(), inner]).optional(),
      piped: z.array(inner).transform((all) => all.length),
    });
    const sixe = { size: 1, sixe: 2 };
    expect(
      problems(schema, { list: [sixe], map: { 'a b': sixe }, either: sixe, piped: [sixe, sixe] }),
    ).toEqual(
      ['list[0].sixe', 'map["a b"].sixe', 'either.sixe', 'piped[0].sixe', 'piped[1].sixe'].map((path) => [
        path,
        'There is no field “sixe”. Did you mean “size”?',
      ]),
    );
  });

  it('has names such as those of every object', () => {
    const value = JSON.parse('{"model":"box","__proto__":1,"constructor":2,"toString":3}') as unknown;
    expect(paths(buildRequest, value)).toEqual(
      ['__proto__', 'constructor', 'toString'].map((name) => `${name} unknown-field`),
    );
  });

  it('is shown in part when its name is long, and counted when there are many', () => {
    expect(paths(buildRequest, { model: 'box', ['x'.repeat(100_000)]: 1 })).toEqual([
      `${'x'.repeat(100)}…`.replace(/.*/, (name) => `["${name}"] unknown-field`),
    ]);
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`field${i}`, i]));
    const told = parseBody({ model: 'box', ...many }, buildRequest).problems;
    expect(told).toHaveLength(MAX_PROBLEMS + 1);
    expect(told.at(-1)).toMatchObject({ path: '', code: 'more', message: 'There are 99900 more problems.' });
  });

  it('is a query parameter in a query', () => {
    const query = new URLSearchParams('architecure=arm64&q=a&q=b&size=1');
    expect(parseQuery(query, snapQuery).problems).toEqual([
      { path: 'q', code: 'repeated', message: 'Give this query parameter once.' },
      {
        path: 'architecure',
        code: 'unknown-field',
        message: 'There is no query parameter “architecure”. Did you mean “architecture”?',
      },
      {
        path: 'size',
        code: 'unknown-field',
        message: 'There is no query parameter “size”; there is q, architecture, type.',
      },
    ]);
  });
});

describe('of alternatives', () => {
  const either = 'A new model needs a name, and either a template or headers of texts, lists and maps.';
  it('the one that was meant is told of', () => {
    expect(paths(newModelRequest, { template: 7, name: 'x', gradde: 'signed' })).toEqual([
      'template invalid-type',
      'gradde unknown-field',
    ]);
    expect(paths(newModelRequest, { headers: { a: 7 }, name: 'x', note: 1 })).toEqual([
      'headers.a invalid-union',
      'note invalid-type',
    ]);
    expect(paths(keepImagesRequest, { keep: 0, keepDays: 3 })).toEqual([
      'keep too-small',
      'keepDays unknown-field',
    ]);
  });
  it('both are, where neither was', () => {
    expect(problems(newModelRequest, { name: 'x' })).toEqual([['', either]]);
    expect(problems(newModelRequest, 7)).toEqual([['', either]]);
    expect(paths(newModelRequest, { name: 7, foo: 1 })).toEqual([
      ' invalid-union',
      'name invalid-type',
      'foo unknown-field',
    ]);
    expect(problems(newModelRequest, { name: 'x', template: 't', headers: {}, foo: 1 })).toEqual([
      ['', either],
      ['foo', expect.stringContaining('There is no field “foo”; there is ')],
    ]);
  });
});

describe('headers', () => {
  const save = (headers: unknown) => ({ baseVersion: 1, headers });
  it('have names of their author’s', () =>
    expect(paths(saveVersionRequest, save({ 'x-own': [{ constructor: 'a' }] }))).toEqual([]));
  it('are refused at the very place where one is no header', () => {
    expect(
      problems(saveVersionRequest, save({ snaps: [{ name: 'a' }, { name: 'b', optional: true }] })),
    ).toEqual([['headers.snaps[1].optional', 'A header is a text, a list or a map of the same.']]);
  });
});
