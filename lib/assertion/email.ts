/** What may stand in an atom: visible ASCII but the specials of RFC 5322 3.2.3, and everything beyond ASCII (RFC 6532). */
const ATOM = /[^\0-\x20\x7f()<>[\]:;@\\,"]/u;
const QUOTED = /[^\0-\x08\x0a-\x1f\x7f"\\]/u;
const ESCAPABLE = /[^\0-\x08\x0a-\x1f\x7f]/u;
const DOMAIN_LITERAL = /[^\0-\x20\x7f[\]\\]/u;

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
  private rest: string;

  constructor(text: string) {
    this.rest = text;
  }

  readSingle(): boolean {
    const addresses = this.readAddress(true);
    this.skipComments();
    return this.rest === '' && addresses === 1;
  }

  /** How many addresses it stands for: a group may have none or many. */
  private readAddress(groups: boolean): number {
    this.skipSpace();
    if (this.rest === '') no();
    const start = this.rest;
    if (this.tryAddrSpec()) {
      this.skipSpace();
      if (this.take('(')) this.checkWords(this.readComment());
      return 1;
    }
    this.rest = start;
    if (this.rest[0] !== '<') this.readPhrase();
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
    if (this.rest === '') no();
    if (this.rest[0] === '"') {
      if (this.readQuoted() === '') no();
    } else this.readAtom(true);
    if (!this.take('@')) no();
    this.skipSpace();
    if (this.rest === '') no();
    if (this.take('[')) this.readDomainLiteral();
    else this.readAtom(true);
  }

  /** Words before the angle bracket. One is enough; what cannot be read after it is left to whoever reads on. */
  private readPhrase(): void {
    for (let words = 0; ; words += 1) {
      if (words > 0) this.skipComments();
      this.skipSpace();
      if (this.rest === '') return;
      try {
        if (this.rest[0] === '"') this.readQuoted();
        else this.checkWords(this.readAtom(false));
      } catch (error) {
        if (error instanceof NoAddress && words > 0) return;
        throw error;
      }
    }
  }

  private readQuoted(): string {
    let text = '';
    let length = 0;
    let escaped = false;
    for (const character of this.rest) {
      length += character.length;
      if (length === 1) continue;
      if (character === '"' && !escaped) {
        this.rest = this.rest.slice(length);
        return text;
      }
      if (!(escaped ? ESCAPABLE : QUOTED).test(character) && (escaped || character !== '\\')) no();
      escaped = !escaped && character === '\\';
      if (!escaped) text += character;
    }
    return no();
  }

  private readAtom(strict: boolean): string {
    let length = 0;
    for (const character of this.rest) {
      if (!ATOM.test(character)) break;
      length += character.length;
    }
    const atom = this.rest.slice(0, length);
    if (atom === '') no();
    this.rest = this.rest.slice(length);
    if (strict && (atom.startsWith('.') || atom.endsWith('.') || atom.includes('..'))) no();
    return atom;
  }

  private readDomainLiteral(): void {
    let text = '';
    for (const character of this.rest) {
      if (!DOMAIN_LITERAL.test(character)) break;
      text += character;
    }
    this.rest = this.rest.slice(text.length);
    if (!this.take(']') || !isIpAddress(text)) no();
  }

  /** An encoded word (RFC 2047) in a character set that nobody knows makes the whole unreadable; one that is merely broken is text. */
  private checkWords(text: string): void {
    for (const word of text.split(/[ \t]+/)) {
      const [, charset, encoding, encoded] = /^=\?([^?]+)\?([bBqQ])\?([^?]*)\?=$/u.exec(word) ?? [];
      if (charset === undefined || word.length < 8 || /^(?:utf-8|iso-8859-1|us-ascii)$/i.test(charset)) continue;
      const sound = encoding!.toLowerCase() === 'b' ? encoded!.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(encoded!) : !/=(?![0-9A-Fa-f]{2})|[^ -~]/.test(encoded!);
      if (sound) no();
    }
  }

  /** After its opening bracket. */
  private readComment(): string {
    let text = '';
    let depth = 1;
    let at = 0;
    for (; at < this.rest.length && depth > 0; at += 1) {
      if (this.rest[at] === '\\' && at + 1 < this.rest.length) at += 1;
      else if (this.rest[at] === '(') depth += 1;
      else if (this.rest[at] === ')') depth -= 1;
      if (depth > 0) text += this.rest[at];
    }
    this.rest = this.rest.slice(at);
    return depth > 0 ? no() : text;
  }

  private skipComments(): void {
    this.skipSpace();
    while (this.take('(')) {
      this.readComment();
      this.skipSpace();
    }
  }

  private skipSpace(): void {
    this.rest = this.rest.replace(/^[ \t]+/, '');
  }

  private take(character: string): boolean {
    if (this.rest[0] !== character) return false;
    this.rest = this.rest.slice(1);
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
