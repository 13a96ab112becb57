import { UNSAID } from './confdb-storage';
import type { StorageType, Types } from './confdb-storage';

/** How often a type is looked at for one assertion. Schemas that people write take some thousands; what gets here was made to keep a server busy. */
const MAX_LOOKS = 1_000_000;
type Effort = { looks: number };

/** Where one of the types leads, with its place among them: their order counts at the end. */
type Lead = { at: number; types: Types };
type Keys = { always: Lead[]; named: Map<string, Lead[]>; places: Map<string, Place>; other?: Place };

/** What a path's end says of the values there. */
export type Ending = {
  /** One bit for each type; none when nothing can ever stand there. */
  bits: number;
  /** Whatever else there is, "any" fits. */
  open: boolean;
  /** An alias of alternatives comes before any "any": snapd cannot compare those and refuses them. */
  tangled: boolean;
  onlyMaps: boolean;
};
const BITS: Partial<Record<StorageType['kind'], number>> = { string: 1, bool: 2, number: 4, map: 8, array: 16 };

/**
 * Where a path leads in a storage schema: every type that may stand there, as snapd's SchemaAt collects them (snapd confdb/schema.go), but all alternatives at once.
 * Remembers where its steps lead, so that many rules cost little more than one.
 */
export class Place {
  private unfolded: Types | undefined;
  private keys: Keys | undefined;
  private behindAnyKey: Place | undefined;
  private behindIndex: Place | undefined;
  private end: Ending | undefined;

  private constructor(
    private readonly types: Types,
    private readonly effort: Effort,
    /** Some type on the way did not take the path: a fault only when no other does. */
    private readonly strayed = false,
    /** Why no path may go here: the rest of a sentence that begins with it. */
    readonly fault?: string,
  ) {}

  static root(storage: Types): Place {
    return new Place(storage, { looks: 0 });
  }

  get ending(): Ending {
    if (this.end) return this.end;
    const first = this.types.find(({ kind }) => kind === 'any' || kind === 'alternatives')?.kind;
    const bits = this.types.reduce((all, { kind }) => all | (BITS[kind] ?? 0), 0);
    return (this.end = { bits, open: first === 'any', tangled: first === 'alternatives', onlyMaps: this.types.every(({ kind }) => kind === 'map' || kind === 'any') });
  }

  key(name: string): Place {
    this.keys ??= this.sortByKey();
    const { always, named, places } = this.keys;
    const leads = named.get(name);
    if (!leads) return (this.keys.other ??= this.gather(always));
    const known = places.get(name);
    if (known) return known;
    const place = this.gather(always.length === 0 ? leads : [...always, ...leads].sort((a, b) => a.at - b.at));
    places.set(name, place);
    return place;
  }

  /** A placeholder for a key: of a map's entries, one that takes the rest of the path is enough. */
  anyKey(): Place {
    return (this.behindAnyKey ??= this.gather(this.leads(({ kind, entries, values }) => (kind !== 'map' ? undefined : entries ? [...entries.values()].flat() : values))));
  }

  /** A number or a placeholder in brackets. */
  index(): Place {
    return (this.behindIndex ??= this.gather(this.leads(({ kind, values }) => (kind === 'array' ? values : undefined))));
  }

  private sortByKey(): Keys {
    const named = new Map<string, Lead[]>();
    const always = this.leads(({ kind, entries, values }, at) => {
      if (kind !== 'map') return undefined;
      this.effort.looks += entries?.size ?? 0;
      for (const [key, types] of entries ?? []) {
        const leads = named.get(key);
        if (leads) leads.push({ at, types });
        else named.set(key, [{ at, types }]);
      }
      return values;
    });
    return { always, named, places: new Map() };
  }

  /** Where `follow` leads from each type; "any" leads to itself. */
  private leads(follow: (type: StorageType, at: number) => Types | undefined): Lead[] {
    const leads: Lead[] = [];
    this.unfold().forEach((type, at) => {
      const types = type.kind === 'any' ? [type] : follow(type, at);
      if (types) leads.push({ at, types });
    });
    return leads;
  }

  private gather(leads: Lead[]): Place {
    const types = new Set<StorageType>();
    for (const lead of leads) {
      if (lead.types === UNSAID) return this.dead('goes into a map whose "values" the storage schema does not give');
      this.effort.looks += 1 + lead.types.length;
      for (const type of lead.types) types.add(type);
    }
    if (this.effort.looks > MAX_LOOKS) return this.dead('takes too long to follow through the storage schema');
    const strayed = this.strayed || leads.length < this.unfold().length;
    if (strayed && types.size === 0) return this.dead('leads nowhere in the storage schema');
    // Paths within "any" may be millions of keys long.
    if (types.size === 1 && this.types.length === 1 && types.has(this.types[0]!) && strayed === this.strayed) return this;
    return new Place([...types], this.effort, strayed);
  }

  private dead(fault: string): Place {
    return new Place([], this.effort, true, fault);
  }

  /** The types, with the alternatives that aliases stand for in their stead. */
  private unfold(): Types {
    return (this.unfolded ??= this.types.some(({ kind }) => kind === 'alternatives') ? unfold(this.types) : this.types);
  }
}

function unfold(types: Types): Types {
  const all = new Set<StorageType>();
  const ahead = [types.values()];
  while (ahead.length > 0) {
    const { value: type, done } = ahead.at(-1)!.next();
    if (done) ahead.pop();
    else if (!all.has(type)) {
      all.add(type);
      if (type.kind === 'alternatives' && type.values) ahead.push(type.values.values());
    }
  }
  return [...all].filter(({ kind }) => kind !== 'alternatives');
}
