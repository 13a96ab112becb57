import { scanScalar, scanString } from './scan-scalar';

/** `offset` in UTF-16 units. `wanted`: what belongs there; `refusal`: JSON that its reader refuses. */
export type JsonFault = { offset: number } & ({ wanted: string } | { refusal: string });

export type JsonLimits = {
  /** How deep lists and objects may be nested. */
  maxDepth?: number | undefined;
  /** Refuses names that are dropped by whoever reads on: one that an object has twice, and __proto__. */
  strictNames?: boolean | undefined;
};

type State = 'value' | 'first-item' | 'first-name' | 'name' | 'colon' | 'after';

const WANTED: Record<Exclude<State, 'after'>, string> = {
  value: 'a value',
  'first-item': 'a value or "]"',
  'first-name': 'a name in quotes or "}"',
  name: 'a name in quotes',
  colon: '":"',
};

/**
 * The first place where a text is not JSON (RFC 8259): nothing can follow that character to make JSON of it.
 * undefined for JSON within the limits. No function calls itself: nesting costs memory, never the stack.
 */
export function findFault(text: string, limits: JsonLimits = {}): JsonFault | undefined {
  return new Scanner(text, limits).run();
}

class Scanner {
  private at = 0;
  private state: State = 'value';
  /** What is open: the names of an object so far, or a list. */
  private readonly open: (Set<string> | 'list')[] = [];

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  run(): JsonFault | undefined {
    for (;;) {
      while (' \t\n\r'.includes(this.text[this.at] ?? '-')) this.at += 1;
      if (this.state === 'after' && this.open.length === 0 && this.at === this.text.length) return undefined;
      const fault = this.step(this.text[this.at] ?? '');
      if (fault) return fault;
    }
  }

  private step(character: string): JsonFault | undefined {
    if (this.state === 'after') return this.afterValue(character);
    if (this.state === 'colon') return character === ':' ? this.go('value') : this.fault(WANTED.colon);
    if (this.state === 'first-name' && character === '}') return this.close();
    if (this.state === 'first-item' && character === ']') return this.close();
    const inObject = this.state === 'first-name' || this.state === 'name';
    return inObject ? this.name(character) : this.value(character);
  }

  /** Past one character that was expected. */
  private go(next: State): undefined {
    this.at += 1;
    this.state = next;
  }

  private close(): undefined {
    this.open.pop();
    this.go('after');
  }

  private fault(wanted: string, offset = this.at): JsonFault {
    return { offset, wanted };
  }

  private afterValue(character: string): JsonFault | undefined {
    const inside = this.open.at(-1);
    if (!inside) return this.fault('its end');
    const end = inside === 'list' ? ']' : '}';
    if (character === end) return this.close();
    if (character === ',') return this.go(inside === 'list' ? 'value' : 'name');
    return this.fault(`"," or "${end}"`);
  }

  private name(character: string): JsonFault | undefined {
    if (character !== '"') return this.fault(WANTED[this.state as 'name']);
    const start = this.at;
    const { at, wanted } = scanString(this.text, start);
    if (wanted !== undefined) return this.fault(wanted, at);
    this.at = at;
    this.state = 'colon';
    return this.limits.strictNames ? this.judgeName(start) : undefined;
  }

  private judgeName(start: number): JsonFault | undefined {
    const names = this.open.at(-1) as Set<string>;
    const written = this.text.slice(start, this.at);
    const name = written.includes('\\') ? (JSON.parse(written) as string) : written.slice(1, -1);
    if (name === '__proto__')
      return { offset: start, refusal: 'has the name "__proto__", which is not taken' };
    if (names.has(name)) return { offset: start, refusal: `says ${shown(written)} twice in the same object` };
    names.add(name);
    return undefined;
  }

  private value(character: string): JsonFault | undefined {
    if (character === '{') return this.begin(new Set(), 'first-name');
    if (character === '[') return this.begin('list', 'first-item');
    const scalar = scanScalar(this.text, this.at);
    if (!scalar) return this.fault(WANTED[this.state as 'value']);
    if (scalar.wanted !== undefined) return this.fault(scalar.wanted, scalar.at);
    this.at = scalar.at;
    this.state = 'after';
    return undefined;
  }

  private begin(what: Set<string> | 'list', next: State): JsonFault | undefined {
    const { maxDepth = Infinity } = this.limits;
    if (this.open.length >= maxDepth) {
      return { offset: this.at, refusal: `is nested more than ${maxDepth} levels deep` };
    }
    this.open.push(what);
    return this.go(next);
  }
}

const shown = (name: string): string => (name.length > 80 ? `${name.slice(0, 80)}…"` : name);
