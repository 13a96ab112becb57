import type { HeaderMap, HeaderValue } from '../assertion';
import { readPath } from './confdb-path';
import type { Place } from './confdb-place';
import { RequestText } from './confdb-requests';
import { RequestSide, StorageSide } from './confdb-sides';
import type { Fields, Placeholders } from './confdb-sides';
import { asMap, breaks, optionalList, optionalText, requireText } from './rules';

const ACCESS = ['', 'read-write', 'read', 'write'];

/** What the rules of a `content` take over from the rule around them. */
type Stem = { request: RequestText; requestFields: Fields; place: Place; storageFields: Fields; reads: boolean };

/** The rules of one view (snapd confdb/confdb.go newView, parseRule). Each path is read once, from where that of the rule around it ends. Throws Fault. */
export class ViewRules {
  private readonly around: Placeholders = { keys: new Set(), indexes: new Set() };

  /** `storage` is the top of the storage schema, `parameters` are the names that the view declares. */
  constructor(
    private readonly storage: Place,
    private readonly parameters: ReadonlySet<string>,
  ) {}

  check(rules: HeaderValue[], at: string): void {
    const top: Stem = { request: new RequestText(), requestFields: undefined, place: this.storage, storageFields: undefined, reads: true };
    rules.forEach((rule, i) => this.checkRule(asMap(rule, `${at}[${i}]`), `${at}[${i}]`, top, false));
  }

  private checkRule(rule: HeaderMap, at: string, stem: Stem, nested: boolean): void {
    const storageText = requireText(rule, 'storage', at);
    const requestText = rule['request'] === undefined ? storageText : requireText(rule, 'request', at);
    const reads = nested ? inheritAccess(rule, at, stem) : readAccess(rule, at);

    const request = new RequestSide(rule['request'] === undefined ? `${at}.storage` : `${at}.request`, stem.requestFields, this.around);
    readPath(goOn(requestText, request, nested), request);
    const storage = new StorageSide(`${at}.storage`, stem.storageFields, this.around, stem.place, this.parameters);
    readPath(goOn(storageText, storage, nested), storage);
    if (!sameNames(request.keys, storage.keys) || !sameNames(request.indexes, storage.indexes)) breaks(`${at}.storage`, 'should have the placeholders of the request, and no others');

    const whole = stem.request.extend(goOn(requestText, request, nested));
    this.checkEnd(whole, storage, reads, at);
    if (rule['content'] !== undefined) this.checkContent(rule, at, { request: whole, requestFields: request.fields, place: storage.place, storageFields: storage.fields, reads }, request);
    request.leave();
    storage.leave();
  }

  private checkContent(rule: HeaderMap, at: string, stem: Stem, added: Placeholders): void {
    const content = optionalList(rule, 'content', at);
    if (content.length === 0) breaks(`${at}.content`, 'should have at least one rule');
    for (const name of added.keys) this.around.keys.add(name);
    for (const name of added.indexes) this.around.indexes.add(name);
    for (let i = 0; i < content.length; i += 1) this.checkRule(asMap(content[i]!, `${at}.content[${i}]`), `${at}.content[${i}]`, stem, true);
    for (const name of added.keys) this.around.keys.delete(name);
    for (const name of added.indexes) this.around.indexes.delete(name);
  }

  /** What a rule's whole paths must hold to, beside the other rules of the view. */
  private checkEnd(request: RequestText, storage: StorageSide, reads: boolean, at: string): void {
    if (reads && request.read) breaks(at, 'has the request of another rule that reads: only one can');
    request.read ||= reads;
    const { bits, open, tangled, onlyMaps } = storage.place.ending;
    if (storage.fields && !onlyMaps) breaks(`${at}.storage`, 'filters by fields what the storage schema says is no map');
    if (open) return;
    if (tangled) breaks(`${at}.storage`, 'ends at an alias of alternatives in the storage schema, which snapd cannot compare');
    for (const other of request.types) if ((other & bits) === 0) breaks(`${at}.storage`, 'has another type in the storage schema than the other rules of its request: nothing fits both');
    request.types.add(bits);
  }
}

function readAccess(rule: HeaderMap, at: string): boolean {
  const access = optionalText(rule, 'access', at);
  if (!ACCESS.includes(access)) breaks(`${at}.access`, 'should be "read", "write" or "read-write"');
  return access !== 'write';
}

function inheritAccess(rule: HeaderMap, at: string, stem: Stem): boolean {
  if (rule['access'] !== undefined) breaks(`${at}.access`, 'cannot stand within "content": the rule around it decides');
  return stem.reads;
}

/** The path with its dot before. Only a path that goes on with another may begin with brackets. */
function goOn(text: string, side: RequestSide | StorageSide, nested: boolean): string {
  if (!text.startsWith('[')) return `.${text}`;
  return nested ? text : side.stray(text);
}

const sameNames = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => a.size === b.size && [...a].every((name) => b.has(name));
