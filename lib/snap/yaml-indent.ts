/** More than any line is indented that is read at all. */
const PAD = ' '.repeat(201);
/** Texts are parsed anew for each repair: a large one is repaired less often, and one beyond all that are written is not. */
const MAX_REPAIRS = 100;
const MAX_PARSED_CHARACTERS = 2 ** 20;
const MAX_CHARACTERS = 2 ** 18;
/** Of one quoted text. */
const MAX_LINES = 5000;

type Trouble = { code: string; message: string; pos: [number, number] };

/**
 * Parses YAML whose quoted texts and brackets go on in lines that are not indented: a fault by the book, yet libyaml, which snapd reads with, takes it, and
 * writers of snap.yaml leave a last quote in the first column. Such lines are indented, which changes no value.
 */
export function parseUnindented<Document extends { errors: Trouble[] }>(text: string, parse: (text: string) => Document): { text: string; document: Document } {
  let at = text;
  let document = parse(at);
  const most = text.length > MAX_CHARACTERS ? 0 : Math.min(MAX_REPAIRS, Math.floor(MAX_PARSED_CHARACTERS / Math.max(1, text.length)));
  for (let left = most; left > 0; left -= 1) {
    const trouble = document.errors[0];
    const repaired = trouble && indent(at, trouble);
    if (repaired === undefined) break;
    at = repaired;
    document = parse(at);
  }
  return { text: at, document };
}

function indent(text: string, { code, message, pos: [pos] }: Trouble): string | undefined {
  const quote = code === 'MISSING_CHAR' ? /^Missing closing (['"])quote$/.exec(message)?.[1] : undefined;
  if (quote !== undefined) return indentQuoted(text, pos, quote);
  if (code !== 'BAD_INDENT' || !message.startsWith('Flow ')) return undefined;
  const line = text.lastIndexOf('\n', pos - 1) + 1;
  return isMark(text, line) || text.startsWith(PAD, line) ? undefined : text.slice(0, line) + PAD + text.slice(line);
}

/** Every line to the closing quote; undefined where there is none. */
function indentQuoted(text: string, pos: number, quote: string): string | undefined {
  const lines: number[] = [];
  for (let i = pos; i < text.length; i += 1) {
    const c = text[i]!;
    if (c === '\n' && text[i + 1] !== '\n') {
      if (isMark(text, i + 1)) return undefined;
      lines.push(i + 1);
    } else if (quote === '"' && c === '\\' && text[i + 1] !== '\n') i += 1;
    else if (c === quote && quote === "'" && text[i + 1] === quote) i += 1;
    else if (c === quote) return lines.length > MAX_LINES ? undefined : [0, ...lines].map((start, n) => (n === 0 ? '' : PAD) + text.slice(start, lines[n] ?? text.length)).join('');
  }
  return undefined;
}

/** `---` or `...` in the first column ends the document whatever is open. */
const isMark = (text: string, line: number): boolean => /^(?:---|\.\.\.)(?:\s|$)/.test(text.slice(line, line + 4));
