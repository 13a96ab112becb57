/** Where scanning stopped, in UTF-16 units: behind the scalar, or at what should be `wanted`. */
export type Scanned = { at: number; wanted?: string };

const WORDS: Record<string, string> = { t: 'true', f: 'false', n: 'null' };
const ESCAPES = '"\\/bfnrtu';

/** Scans the text, number or word that begins at `at`; undefined where none does. */
export function scanScalar(text: string, at: number): Scanned | undefined {
  const first = text[at] ?? '';
  if (first === '"') return scanString(text, at);
  if (first === '-' || isDigit(first)) return scanNumber(text, at);
  const word = WORDS[first];
  return word === undefined ? undefined : scanWord(text, at, word);
}

/** Scans the text whose opening quote is at `at`. */
export function scanString(text: string, at: number): Scanned {
  for (let end = at + 1; ; end += 1) {
    const unit = text.charCodeAt(end);
    if (Number.isNaN(unit)) return { at: end, wanted: 'the quote that closes a text' };
    if (unit < 0x20) return { at: end, wanted: 'its escape' };
    if (unit === 0x22) return { at: end + 1 };
    if (unit !== 0x5c) continue;
    const escape = scanEscape(text, end + 1);
    if (escape.wanted !== undefined) return escape;
    end = escape.at;
  }
}

/** Stops at the last character of the escape. */
function scanEscape(text: string, at: number): Scanned {
  const letter = text[at] ?? '';
  const known = letter !== '' && ESCAPES.includes(letter);
  if (!known) return { at, wanted: `one of ${ESCAPES} after the backslash` };
  if (letter !== 'u') return { at };
  for (let digit = at + 1; digit <= at + 4; digit += 1) {
    if (!/^[0-9a-f]$/i.test(text[digit] ?? '')) return { at: digit, wanted: 'a hexadecimal digit' };
  }
  return { at: at + 4 };
}

function scanWord(text: string, start: number, word: string): Scanned {
  let at = start;
  for (const letter of word) {
    if (text[at] !== letter) return { at, wanted: `the rest of ${word}` };
    at += 1;
  }
  return { at };
}

function scanNumber(text: string, start: number): Scanned {
  const whole = text[start] === '-' ? start + 1 : start;
  // No digit follows a leading zero.
  let end: Scanned = text[whole] === '0' ? { at: whole + 1 } : scanDigits(text, whole);
  if (end.wanted === undefined && text[end.at] === '.') end = scanDigits(text, end.at + 1);
  if (end.wanted !== undefined || !/^e$/i.test(text[end.at] ?? '')) return end;
  const signed = text[end.at + 1] === '+' || text[end.at + 1] === '-';
  return scanDigits(text, end.at + (signed ? 2 : 1));
}

function scanDigits(text: string, start: number): Scanned {
  let at = start;
  while (isDigit(text[at] ?? '')) at += 1;
  return at === start ? { at, wanted: 'a digit' } : { at };
}

const isDigit = (character: string): boolean => character !== '' && character >= '0' && character <= '9';
