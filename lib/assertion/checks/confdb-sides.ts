import type { PathReader } from './confdb-path';
import type { Place } from './confdb-place';
import { breaks } from './rules';

const quote = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);

/** The placeholders of the rules around: the same ones in their requests as in their storage paths. */
export type Placeholders = { keys: Set<string>; indexes: Set<string> };

/** Fields that the last piece of a path is filtered by. */
export type Fields = Set<string> | undefined;

/** What the request and the storage path of a rule have in common: each goes on where that of the rule around it ends. */
abstract class Side implements PathReader {
  /** The placeholders that this rule adds. */
  readonly keys = new Set<string>();
  readonly indexes = new Set<string>();
  /** Fields that this rule filters the last piece of the rule around it by. */
  private readonly lent: string[] = [];
  private last: Fields;

  constructor(
    protected readonly at: string,
    private readonly before: Fields,
    protected readonly around: Placeholders,
  ) {
    this.last = before;
  }

  /** Of the last piece so far. */
  get fields(): Fields {
    return this.last;
  }

  key(_name: string): void {
    this.last = undefined;
  }

  anyKey(_name: string): void {
    this.last = undefined;
  }

  index(): void {
    this.last = undefined;
  }

  anyIndex(_name: string): void {
    this.last = undefined;
  }

  filter(field: string, _parameter: string): void {
    if (this.last?.has(field)) breaks(this.at, `filters by the field ${quote(field)} twice in the same place`);
    if (this.last && this.last === this.before) this.lent.push(field);
    this.last ??= new Set();
    this.last.add(field);
  }

  stray(rest: string): never {
    return breaks(this.at, `should be keys joined by dots, such as "wifi.{name}.ips[{n}][.kind={param}]", which this is not: ${quote(rest)}`);
  }

  /** Takes back what the rules beside this one should not see. */
  leave(): void {
    for (const field of this.lent) this.before?.delete(field);
  }
}

export class RequestSide extends Side {
  override anyKey(name: string): void {
    super.anyKey(name);
    this.claim(name, this.keys, this.around.keys);
  }

  override index(): void {
    breaks(this.at, 'cannot have a number in brackets, only placeholders');
  }

  override anyIndex(name: string): void {
    super.anyIndex(name);
    this.claim(name, this.indexes, this.around.indexes);
  }

  private claim(name: string, own: Set<string>, around: Set<string>): void {
    if (own.has(name) || around.has(name)) breaks(this.at, `has the placeholder ${quote(name)} twice`);
    own.add(name);
    const { keys, indexes } = this.around;
    if ((this.keys.has(name) || keys.has(name)) && (this.indexes.has(name) || indexes.has(name))) breaks(this.at, `has the placeholder ${quote(name)} for a key and for an index`);
  }
}

export class StorageSide extends Side {
  constructor(
    at: string,
    before: Fields,
    around: Placeholders,
    /** In the storage schema; of the whole path when it has been read. */
    public place: Place,
    private readonly parameters: ReadonlySet<string>,
  ) {
    super(at, before, around);
  }

  override key(name: string): void {
    super.key(name);
    this.go(this.place.key(name));
  }

  override anyKey(name: string): void {
    super.anyKey(name);
    if (!this.around.keys.has(name)) this.keys.add(name);
    this.go(this.place.anyKey());
  }

  override index(): void {
    if (this.fields) breaks(this.at, 'filters a list by fields: only maps can be');
    super.index();
    this.go(this.place.index());
  }

  override anyIndex(name: string): void {
    this.index();
    if (!this.around.indexes.has(name)) this.indexes.add(name);
  }

  override filter(field: string, parameter: string): void {
    super.filter(field, parameter);
    if (!this.parameters.has(parameter)) breaks(this.at, `filters by ${quote(parameter)}, which the view's "parameters" do not declare`);
  }

  private go(place: Place): void {
    if (place.fault) breaks(this.at, place.fault);
    this.place = place;
  }
}
