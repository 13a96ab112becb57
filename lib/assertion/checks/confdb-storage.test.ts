import { describe, expect, it } from 'vitest';
import type { HeaderMap } from '../assertion';
import { Fault } from '../format-error';
import { checkViews } from './confdb-views';

/** Why one view of these rules is refused, or `fine`. Of a rule that is text only, that is the storage path, written to. */
function check(storage: unknown, ...rules: (string | HeaderMap)[]): string {
  const parameters = { p: { presence: 'optional' } };
  try {
    checkViews({ v: { parameters, rules: rules.map((each) => (typeof each === 'string' ? { storage: each, request: each.replace(/\[\d+\]/g, '') } : each)) } }, storage);
  } catch (error) {
    if (error instanceof Fault) return error.message.replace(/^"views\.v\.rules\[\d+\]\.storage" /, '');
    throw error;
  }
  return 'fine';
}

const LOST = 'leads nowhere in the storage schema';
const write = (...paths: string[]): HeaderMap[] => paths.map((storage) => ({ request: 'r', storage, access: 'write' }));

describe('a storage path', () => {
  const schema = {
    aliases: { text: 'string', box: { schema: { x: 'int' } }, constructor: 'bool' },
    schema: {
      s: 'string', i: { type: 'int', min: 1 }, n: 'number', b: 'bool', any: { type: 'any', ephemeral: true },
      map: { schema: { x: 'string', deep: { type: 'map', schema: { y: 'int' } } } },
      open: { values: 'string' }, texts: { keys: 'string', values: { values: 'any' } },
      list: { type: 'array', values: { schema: { z: 'bool' } } },
      alt: ['int', { schema: { x: 'int' } }, [{ values: ['bool', { type: 'array', values: 'int' }] }]],
      text: '${text}', box: { type: '${box}' }, own: '${constructor}', empty: { schema: {} }, none: { schema: null },
    },
  };

  it.each(['s', 'i', 'n', 'b', 'any', 'any.a.b', 'any[0].x', 'any.{k}[{n}]', 'map', 'map.x', 'map.deep.y', 'map.{k}', 'map.{k}.y', '{k}', '{k}.x', '{k}.{l}.y', '{k}.deep', 'open', 'open.z', 'open.{k}', 'texts.a.b.c', 'list', 'list[0]', 'list[{n}].z', 'list[0].{k}', 'alt', 'alt.x', 'alt.other', 'alt.x[{n}]', 'text', 'box', 'box.x', 'box.{k}', 'own', 'empty', 'none'])(
    'may lead along the schema: %s', (path) => expect(check(schema, path)).toBe('fine'));

  it.each(['other', 's.x', 's[0]', 'i.x', 'n.x', 'b.{k}', 'map.z', 'map.x.y', 'map.deep.z', 'map.{k}.z', 'map[0]', 'map[{n}]', 'map.{k}.{l}.x', 'open.a.b', 'list.z', 'list.{k}', 'list[0].x', 'list[0][1]', 'alt.x.y', 'alt[0]', 'alt.x[0].y', 'text.x', 'box.y', 'own.x', 'empty.x', 'none.x', 'any2'])(
    'may not leave it: %s', (path) => expect(check(schema, path)).toBe(LOST));

  it('may not go into a map of which only keys are told, where snapd panics', () => {
    const keys = { schema: { keys: { keys: 'string' }, any: ['any', { keys: 'string' }] } };
    expect(check(keys, 'keys', 'any')).toBe('fine');
    for (const path of ['keys.a', 'keys.{k}', 'any.a', 'any.{k}', '{k}.a']) expect(check(keys, path)).toContain('does not give');
  });

  it('may go nowhere by a placeholder where there is nothing, though no other rule may then have its request', () => {
    expect(check(schema, 'empty.{k}', 'none.{k}.x.y', 'empty.{k}.any[0]')).toBe('fine');
    expect(check(schema, ...write('empty.{k}').map((rule) => ({ ...rule, request: '{k}' })))).toBe('fine');
    expect(check(schema, ...write('empty.{k}', 'empty.{k}').map((rule) => ({ ...rule, request: '{k}' })))).toContain('another type');
  });

  it('may not end at an alias of alternatives, unless "any" comes before it', () => {
    const either = { aliases: { e: ['int', 'string'] }, schema: { a: '${e}' } };
    expect(check(either, 'a')).toContain('alias of alternatives');
    expect(check(either, { request: 'r', storage: 'a[.f={p}]' })).toContain('filters by fields');
    expect(check({ aliases: { e: ['int', { values: 'int' }] }, schema: { a: '${e}' } }, 'a.x')).toBe('fine');
    expect(check({ aliases: { e: ['int'] }, schema: { a: ['any', '${e}'] } }, 'a')).toBe('fine');
    expect(check({ aliases: { e: ['int'] }, schema: { a: ['${e}', 'any'] } }, 'a')).toContain('alias of alternatives');
    expect(check({ aliases: { e: ['int'] }, schema: { a: ['${e}', { values: 'int' }] } }, 'a.x')).toBe('fine');
  });

  it.each<[string, boolean]>([
    ['map[.f={p}]', true], ['any[.f={p}]', true], ['open[.f={p}]', true], ['box[.f={p}]', true], ['map[.f={p}].x', true], ['any.x.y[.f={p}]', true], ['list[0][.f={p}]', true],
    ['s[.f={p}]', false], ['list[.f={p}]', false], ['alt[.f={p}]', false], ['map.x[.f={p}]', false], ['open.a[.f={p}]', false],
  ])('may be filtered where there are only maps: %s', (storage, fine) => expect(check(schema, { request: 'r', storage })).toContain(fine ? 'fine' : 'filters by fields'));

  it.each<[string, boolean]>([
    ['s s', true], ['s text', true], ['i n', true], ['n i', true], ['s any', true], ['any s', true], ['s any text', true], ['alt i', true], ['alt map', true], ['alt.x i', true], ['alt.x b', true], ['list list', true], ['map open box', true],
    ['s i', false], ['b n', false], ['map list', false], ['s any b', false], ['alt s', false], ['alt list', false], ['alt.x s', false], ['i alt map', false], ['own s', false],
  ])('may have another with the same request when one value fits both: %s', (paths, fine) =>
    expect(check(schema, ...write(...paths.split(' ')))).toContain(fine ? 'fine' : 'another type'));
});

describe('storage that snapd would refuse', () => {
  it.each<[string, unknown]>([
    ['no map', 'x'], ['null', null], ['a list', []], ['empty', {}], ['schema that is no map', { schema: 'x' }], ['values that are null', { values: null }],
    ['an unknown type', { schema: { a: 'text' } }], ['a bare map', { schema: { a: 'map' } }], ['no alternatives', { schema: { a: [] } }], ['an array without values', { schema: { a: { type: 'array' } } }],
    ['an unknown alias', { schema: { a: '${b}' } }], ['an alias of what every object has', { aliases: {}, schema: { a: '${toString}' } }], ['an alias of itself', { aliases: { b: '${b}' }, schema: { a: '${b}' } }], ['a type that is no text', { schema: { a: { type: 1 } } }], ['a number', { schema: { a: 1 } }],
    ['aliases that are no map', { aliases: 'x', schema: { a: '${b}' } }], ['a map of nothing', { schema: { a: { required: [] } } }],
  ])('takes every path where it cannot be read: %s', (_, storage) => expect(check(storage, 'a.b[0].{k}', ...write('a', 'a.b'))).toBe('fine'));

  it('is read around its faults', () => expect(check({ schema: { a: 'text', b: 'int' } }, 'b.x')).toBe(LOST));
});

describe('storage without end', () => {
  const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

  it('is read however deep', () => {
    let type: unknown = 'int';
    for (let i = 0; i < 5000; i += 1) type = i % 2 ? [type] : { values: type };
    expect(check({ schema: { a: type } }, 'a.b')).toBe('fine');
  });

  it('is read along any chain of aliases', () => {
    const aliases = Object.fromEntries(many(50_000, (i) => [`k${i}`, { values: [`\${k${i + 1}}`, 'int'] }]));
    expect(check({ aliases, schema: { a: '${k0}' } }, 'a.b', 'a.c.d.e')).toBe('fine');
    expect(check({ aliases, schema: { a: '${k49999}' } }, 'a', 'a.b', 'a.b.c')).toBe('fine');
  });

  it('costs no more for many rules', () => {
    const schema = Object.fromEntries(many(20_000, (i) => [`e${i}`, { schema: { [`k${i}`]: 'int' } }]));
    expect(check({ schema }, ...many(20_000, (i) => ({ request: `r${i}.{p}`, storage: `{p}.k${i}` })))).toBe('fine');
  });

  it('is given up where it would cost too much', () => {
    const schema = Object.fromEntries(many(20_000, (i) => [`e${i}`, i % 2 ? { schema: { [`k${i}`]: { schema: { x: 'int' } } } } : { values: { schema: { [`x${i}`]: 'int' } } }]));
    expect(check({ schema }, ...many(2000, (i) => ({ request: `r${i}.{p}`, storage: `{p}.k${2 * i + 1}` })))).toContain('takes too long');
  });
});
