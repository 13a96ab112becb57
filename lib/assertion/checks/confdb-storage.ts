/** A type of a storage schema, as far as paths need it: whole numbers and others count as one, for both fit wherever one of them does (snapd confdb/schema.go). */
export type StorageType = {
  readonly kind: 'any' | 'string' | 'bool' | 'number' | 'map' | 'array' | 'alternatives';
  /** The keys that a map may have; undefined when it takes any. */
  readonly entries?: ReadonlyMap<string, Types>;
  /** Of the values of a map without entries, of an array's elements, or the alternatives that an alias stands for. */
  readonly values?: Types;
};
/** The alternatives for one value, each once, in their order. */
export type Types = readonly StorageType[];

const ANY: StorageType = { kind: 'any' };
/** What a map takes that constrains its keys alone. snapd panics on a path into one. */
export const UNSAID: Types = [];
/** What breaks the language of storage goes unread: it takes every path and fits every type. */
const UNREAD: Types = [ANY];
const SCALARS = new Map<string, Types>([
  ['any', UNREAD],
  ['string', [{ kind: 'string' }]],
  ['bool', [{ kind: 'bool' }]],
  ['int', [{ kind: 'number' }]],
  ['number', [{ kind: 'number' }]],
]);
/** Few enough to go down by recursion. Nobody's schema is a tenth as deep, and maps within maps take 10 MB of indented JSON for 1100 of these. */
const MAX_DEPTH = 1500;
/** What an alias counts for: snapd reads aliases in random order and knows only those it has read, so that it practically never takes a chain of ten, let alone of thirty. */
const ALIAS_DEPTH = 50;

type Json = Record<string, unknown>;
const isMap = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The storage schema of a confdb-schema's body. Never throws: faults of the language of storage are not looked for. */
export function readStorage(storage: unknown): Types {
  if (!isMap(storage)) return UNREAD;
  return new StorageReader(isMap(storage['aliases']) ? storage['aliases'] : {}).read(storage, 0);
}

class StorageReader {
  private readonly named = new Map<string, Types>();

  constructor(private readonly aliases: Json) {}

  read(type: unknown, depth: number): Types {
    if (depth > MAX_DEPTH) return UNREAD;
    if (typeof type === 'string') return this.readName(type, depth);
    if (Array.isArray(type)) return this.readAlternatives(type, depth);
    if (!isMap(type)) return UNREAD;
    const name = Object.hasOwn(type, 'type') ? type['type'] : 'map';
    if (name === 'map') return this.readMap(type, depth);
    if (name === 'array') return 'values' in type ? [{ kind: 'array', values: this.read(type['values'], depth + 1) }] : UNREAD;
    return typeof name === 'string' ? this.readName(name, depth) : UNREAD;
  }

  private readName(name: string, depth: number): Types {
    return SCALARS.get(name) ?? (name.length >= 4 && name.startsWith('${') && name.endsWith('}') ? this.readAlias(name.slice(2, -1), depth) : UNREAD);
  }

  private readAlias(name: string, depth: number): Types {
    const known = this.named.get(name);
    if (known) return known;
    if (!Object.hasOwn(this.aliases, name)) return UNREAD;
    this.named.set(name, UNREAD);
    const definition = this.aliases[name];
    const types = this.read(definition, depth + ALIAS_DEPTH);
    const alias: Types = Array.isArray(definition) ? [{ kind: 'alternatives', values: types }] : types;
    this.named.set(name, alias);
    return alias;
  }

  private readAlternatives(list: unknown[], depth: number): Types {
    const types = new Set<StorageType>();
    for (const each of list) for (const type of this.read(each, depth + 1)) types.add(type);
    return types.size === 0 ? UNREAD : [...types];
  }

  private readMap(map: Json, depth: number): Types {
    if (!('schema' in map)) {
      if ('values' in map) return [{ kind: 'map', values: this.read(map['values'], depth + 1) }];
      return 'keys' in map ? [{ kind: 'map', values: UNSAID }] : UNREAD;
    }
    const schema = map['schema'] ?? {};
    if (!isMap(schema)) return UNREAD;
    const entries = new Map<string, Types>();
    for (const key of Object.keys(schema)) entries.set(key, this.read(schema[key], depth + 1));
    return [{ kind: 'map', entries }];
  }
}
