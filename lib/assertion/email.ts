/** What ends an atom: everything but visible ASCII without the specials of RFC 5322 3.2.3; all beyond ASCII belongs to it (RFC 6532). */
const ATOM_END = /[\0-\x20\x7f()<>[\]:;@\\,"]/g;
const LITERAL_END = /[\0-\x20\x7f[\]\\]/g;
/** What no quoted text has, escaped or not. */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]/;

/** Where reading has stopped making sense. */
class NoAddress extends Error {}

const no = (): never => {
  throw new NoAddress();
};

/**
 * Whether Go's net/mail takes it as one address, which snapd asks of a system-user: an addr-spec, one in angle brackets after a name, or a group of one;
 * comments and encoded words included.
 */
export function isEmail(text: string): boolean {
  try {
    return new AddressReader(text).readSingle();
  } catch (error) {
    if (error instanceof NoAddress) return false;
    throw error;
  }
}

class AddressReader {
  private at = 0;

  constructor(private readonly text: string) {}

  readSingle(): boolean {
    const addresses = this.readAddress(true);
    this.skipComments();
    return this.isAtEnd() && addresses === 1;
  }

  /** How many addresses it stands for: a group may have none or many. */
  private readAddress(groups: boolean): number {
    this.skipSpace();
    if (this.isAtEnd()) no();
    const start = this.at;
    if (this.tryAddrSpec()) {
      this.skipSpace();
      if (this.take('(')) this.checkWords(this.readComment());
      return 1;
    }
    this.at = start;
    if (this.text[start] !== '<') this.readPhrase();
    this.skipSpace();
    if (groups && this.take(':')) return this.readGroup();
    if (!this.take('<')) no();
    this.readAddrSpec();
    if (!this.take('>')) no();
    return 1;
  }

  private readGroup(): number {
    this.skipSpace();
    let count = 0;
    if (this.take(';')) {
      this.skipComments();
      return 0;
    }
    for (;;) {
      this.skipSpace();
      count += this.readAddress(false);
      this.skipComments();
      if (this.take(';')) break;
      if (!this.take(',')) no();
    }
    this.skipComments();
    return count;
  }

  private tryAddrSpec(): boolean {
    try {
      this.readAddrSpec();
      return true;
    } catch (error) {
      if (error instanceof NoAddress) return false;
      throw error;
    }
  }

  private readAddrSpec(): void {
    this.skipSpace();
    if (this.isAtEnd()) no();
    if (this.text[this.at] === '"') {
      if (this.readQuoted() === 0) no();
    } else this.readAtom(true);
    if (!this.take('@')) no();
    this.skipSpace();
    if (this.isAtEnd()) no();
    if (this.take('[')) this.readDomainLiteral();
    else this.readAtom(true);
  }

  /** Words before the angle bracket. One is enough; what cannot be read after it is left to whoever reads on. */
  private readPhrase(): void {
    for (let words = 0; ; words += 1) {
      if (words > 0) this.skipComments();
      this.skipSpace();
      if (this.isAtEnd()) return;
      const start = this.at;
      try {
        if (this.text[start] === '"') this.readQuoted();
        else this.checkWords(this.readAtom(false));
      } catch (error) {
        if (!(error instanceof NoAddress) || words === 0) throw error;
        this.at = start;
        return;
      }
    }
  }

  /** How many characters stand between the quotes. */
  private readQuoted(): number {
    const start = this.at + 1;
    for (let at = start, count = 0; at < this.text.length; at += 1, count += 1) {
      if (this.text[at] === '"') {
        if (CONTROL.test(this.text.slice(start, at))) no();
        this.at = at + 1;
        return count;
      }
      if (this.text[at] === '\\') at += 1;
    }
    return no();
  }

  private readAtom(strict: boolean): string {
    const atom = this.readUntil(ATOM_END);
    if (atom === '') no();
    if (strict && (atom.startsWith('.') || atom.endsWith('.') || atom.includes('..'))) no();
    return atom;
  }

  private readDomainLiteral(): void {
    const address = this.readUntil(LITERAL_END);
    if (!this.take(']') || !isIpAddress(address)) no();
  }

  /** An encoded word (RFC 2047) in a character set that nobody knows makes the whole unreadable; one that is merely broken is text. */
  private checkWords(text: string): void {
    if (!text.includes('=?')) return;
    for (const word of text.split(/[ \t]+/)) {
      const [, charset, encoding, encoded] = /^=\?([^?]+)\?([bBqQ])\?([^?]*)\?=$/u.exec(word) ?? [];
      if (charset === undefined || word.length < 8 || /^(?:utf-8|iso-8859-1|us-ascii)$/i.test(charset)) continue;
      const sound = encoding!.toLowerCase() === 'b' ? encoded!.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(encoded!) : !/=(?![0-9A-Fa-f]{2})|[^ -~]/.test(encoded!);
      if (sound) no();
    }
  }

  /** After its opening bracket. */
  private readComment(): string {
    const start = this.at;
    let depth = 1;
    for (let at = start; at < this.text.length; at += 1) {
      const character = this.text[at];
      if (character === '\\' && at + 1 < this.text.length) at += 1;
      else if (character === '(') depth += 1;
      else if (character === ')') depth -= 1;
      if (depth > 0) continue;
      this.at = at + 1;
      return this.text.slice(start, at).replace(/\\([^])/g, '$1');
    }
    return no();
  }

  private skipComments(): void {
    this.skipSpace();
    while (this.take('(')) {
      this.readComment();
      this.skipSpace();
    }
  }

  private skipSpace(): void {
    while (this.text[this.at] === ' ' || this.text[this.at] === '\t') this.at += 1;
  }

  private readUntil(end: RegExp): string {
    end.lastIndex = this.at;
    const found = end.exec(this.text)?.index ?? this.text.length;
    const read = this.text.slice(this.at, found);
    this.at = found;
    return read;
  }

  private isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  private take(character: string): boolean {
    if (this.text[this.at] !== character) return false;
    this.at += 1;
    return true;
  }
}

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
};

/** Dotted or with colons, without a zone. */
function isIpAddress(text: string): boolean {
  if (!text.includes(':')) return isIpv4(text);
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const dotted = last.includes('.') && !text.endsWith('::');
  if (dotted && !isIpv4(last)) return false;
  const hex = dotted ? groups.slice(0, -1) : groups;
  const size = hex.length + (dotted ? 2 : 0);
  return hex.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? size < 8 : size === 8);
}
