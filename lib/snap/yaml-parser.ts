import { fault, isOneOf, nameOf, readCollection } from './yaml-collections';
import { EMPTY, resolvePlain, resolveTagged, type YamlScalar } from './yaml-scalars';
import { YamlScanner } from './yaml-scanner';
import type { TagToken } from './yaml-token-queue';
import type { YamlValue } from './yaml-value';

const MAX_DEPTH = 32;
const TAGS = { '!': '!', '!!': 'tag:yaml.org,2002:' };

/** Documents of YAML 1.1 as libyaml parses them (yaml.v2 parserc.go), without aliases. Throws YamlFault. */
export class YamlParser {
  private readonly scanner: YamlScanner;
  private tags = new Map<string, string>();

  constructor(text: string) {
    this.scanner = new YamlScanner(text);
  }

  /** How far the text was looked at, in units of UTF-16. */
  get pos(): number {
    return this.scanner.pos;
  }

  /** The first document; undefined where there is none. What follows it is not looked at. */
  readFirst(): YamlValue | undefined {
    const { scanner } = this;
    if (scanner.peek().type === 'end') return undefined;
    const isEmpty = this.readStart() && isOneOf(scanner.peek(), '---', '...', 'end', 'directive');
    const value = isEmpty ? EMPTY : this.read(true, false, 0);
    // Whatever comes next ends the document, if only it is a token.
    scanner.peek();
    return value;
  }

  /** Directives and the mark of the document's start; false where there is none. */
  private readStart(): boolean {
    const { scanner } = this;
    let hasVersion = false;
    for (let token = scanner.peek(); token.type === 'directive'; token = scanner.peek()) {
      const { directive } = token;
      if ('version' in directive) {
        if (hasVersion) fault(token, '%YAML stands there a second time');
        if (directive.version !== '1.1') fault(token, `%YAML ${directive.version} is not 1.1`);
        hasVersion = true;
      } else {
        if (this.tags.has(directive.handle))
          fault(token, `%TAG ${directive.handle} stands there a second time`);
        this.tags.set(directive.handle, directive.prefix);
      }
      scanner.take();
    }
    const token = scanner.peek();
    if (token.type === '---') scanner.take();
    else if (hasVersion || this.tags.size > 0) fault(token, '--- is missing behind the directives');
    this.tags = new Map([...Object.entries(TAGS), ...this.tags]);
    return token.type === '---';
  }

  private read(inBlock: boolean, withoutIndent: boolean, depth: number): YamlValue {
    const { scanner } = this;
    const first = scanner.peek();
    if (depth > MAX_DEPTH) fault(first, `it is nested deeper than ${MAX_DEPTH} levels`);
    if (first.type === 'alias')
      fault(
        first,
        `there is an alias (*${first.name}), which can make a small file huge; write out what it stands for`,
      );
    const tag = this.readProperties();
    const token = scanner.peek();
    if (token.type === 'scalar') {
      scanner.take();
      return scalarOf(token.text, tag, token.isPlain, token.line);
    }
    const begins =
      isOneOf(token, '[', '{') ||
      (inBlock && isOneOf(token, 'block-list', 'block-map')) ||
      (withoutIndent && token.type === '-');
    if (begins)
      return readCollection(scanner, (block, indentless) => this.read(block, indentless, depth + 1));
    if (token !== first) return scalarOf('', tag, true, first.line);
    return fault(token, `a value is missing before ${nameOf(token)}`);
  }

  /** A tag and an anchor in either order; returns the whole tag, '' for none. */
  private readProperties(): string {
    const { scanner } = this;
    let tag: string | undefined;
    let hasAnchor = false;
    for (
      let token = scanner.peek();
      token.type === 'tag' || token.type === 'anchor';
      token = scanner.peek()
    ) {
      if (token.type === 'tag' ? tag !== undefined : hasAnchor) break;
      if (token.type === 'tag') tag = this.resolveTag(token);
      else hasAnchor = true;
      scanner.take();
    }
    return tag ?? '';
  }

  private resolveTag(token: TagToken): string {
    const prefix = token.handle === '' ? '' : this.tags.get(token.handle);
    const tag = prefix === undefined ? '' : `${prefix}${token.suffix}`;
    return tag === '' ? fault(token, `no %TAG tells what ${token.handle} stands for`) : tag;
  }
}

function scalarOf(text: string, tag: string, isPlain: boolean, line: number): YamlScalar {
  if (tag === '') return isPlain ? resolvePlain(text) : { kind: 'text', text };
  const scalar = resolveTagged(text, tag);
  return scalar.kind === 'unreadable'
    ? { kind: scalar.kind, text: `line ${line + 1}: ${scalar.text}` }
    : scalar;
}
