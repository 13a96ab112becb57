import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findFault } from './find-fault';
import { JsonError, parseJson, placeOf } from './parse-json';

const errorOf = (text: string, options?: Parameters<typeof parseJson>[2]): JsonError => {
  try {
    parseJson(text, 'This', options);
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
  throw new Error(`${text.slice(0, 80)} was taken`);
};
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** Whether some JSON begins with this text: one of what can follow makes it whole. */
const isBeginning = (text: string): boolean => {
  const rests = [
    ...['', '0', '"', '""', 'n"', '0000"', '000"', '00"', '0"'],
    ...['rue', 'ue', 'e', 'alse', 'lse', 'se', 'ull', 'll', 'l'],
  ];
  const within = ['', ':0', '0', '"":0', 'n":0', '0000":0', '000":0', '00":0', '0":0', '":0'];
  for (const closing of closings(text)) {
    if (rests.some((rest) => isJson(text + rest + closing))) return true;
    if (within.some((rest) => isJson(text + rest + closing))) return true;
  }
  return false;
};
const opened = (text: string): number => [...text].filter((c) => c === '[' || c === '{').length;
/** Every way to close up to four brackets. */
const closings = (text: string): string[] => {
  const all = [''];
  for (let depth = 0; depth < Math.min(4, opened(text)); depth += 1) {
    for (const one of [...all]) all.push(`]${one}`, `}${one}`);
  }
  return [...new Set(all)];
};

const SCRAPS = [
  ...['{', '}', '[', ']', ',', ':', '"', 'a', '\\', '\\u', '/', "'"],
  ...['true', 'null', 'fals', '0', '1', '-', '.', 'e', '+'],
  ...[' ', '\n', '\r', '\t', 'é', '\u{1f600}', '\ufeff', '\u0000'],
];

describe('JSON', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual(JSON.parse(text));
        expect(parseJson(text, 'This', { maxDepth: 1000 })).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['[1,\n "account-id": "x"]', 2, 14, 'there is ":" instead of "," or "]"'],
    ['', 1, 1, 'it ends before a value'],
    ['{', 1, 2, 'it ends before a name in quotes or "}"'],
    ['{"a":1,}', 1, 8, 'there is "}" instead of a name in quotes'],
    ['[1,]', 1, 4, 'there is "]" instead of a value'],
    ['[1 2]', 1, 4, 'there is "2" instead of "," or "]"'],
    ['{"a" 1}', 1, 6, 'there is "1" instead of ":"'],
    ['{"a":1 "b":2}', 1, 8, 'there is a quote instead of "," or "}"'],
    ["{'a':1}", 1, 2, `there is "'" instead of a name in quotes or "}"`],
    ['{}\n{}', 2, 1, 'there is "{" instead of its end'],
    ['{"a":None}', 1, 6, 'there is "N" instead of a value'],
    ['[nul]', 1, 5, 'there is "]" instead of the rest of null'],
    ['01', 1, 2, 'there is "1" instead of its end'],
    ['[-]', 1, 3, 'there is "]" instead of a digit'],
    ['[1.]', 1, 4, 'there is "]" instead of a digit'],
    ['[1e+]', 1, 5, 'there is "]" instead of a digit'],
    ['"a', 1, 3, 'it ends before the quote that closes a text'],
    ['["a\nb"]', 1, 4, 'there is U+000A instead of its escape'],
    ['"\\x"', 1, 3, 'there is "x" instead of one of "\\/bfnrtu after the backslash'],
    ['"\\u12g4"', 1, 6, 'there is "g" instead of a hexadecimal digit'],
    ['\ufeff{}', 1, 1, 'there is U+FEFF instead of a value'],
    ['{\u00a0}', 1, 2, 'there is U+00A0 instead of a name in quotes or "}"'],
    ['["\u{1f600}é", x]', 1, 8, 'there is "x" instead of a value'],
    ['[\u{1f600}]', 1, 2, 'there is "\u{1f600}" instead of a value or "]"'],
    ['[1,\r\n\r\n x]', 3, 2, 'there is "x" instead of a value'],
    ['[1,\r\r x]', 3, 2, 'there is "x" instead of a value'],
    ['[1,\n\u2028x]', 2, 1, 'there is U+2028 instead of a value'],
  ])('%j is none, at line %i, column %i', (text, line, column, words) => {
    const error = errorOf(text);
    expect(error.message).toBe(`This is no JSON: ${words} (line ${line}, column ${column}).`);
    expect([error.code, error.details]).toEqual(['json-malformed', { line, column }]);
  });

  it('goes wrong at the first character that no JSON has there', () => {
    const text = fc.array(fc.constantFrom(...SCRAPS), { maxLength: 12 }).map((scraps) => scraps.join(''));
    let wrong = 0;
    fc.assert(
      fc.property(text, (scraps) => {
        const fault = findFault(scraps);
        expect(fault === undefined).toBe(isJson(scraps));
        if (!fault) return;
        wrong += 1;
        if (opened(scraps) > 4) return;
        expect(isBeginning(scraps.slice(0, fault.offset)), 'up to the place').toBe(true);
        if (fault.offset === scraps.length) return;
        expect(isBeginning(scraps.slice(0, fault.offset + 1)), 'with the place').toBe(false);
      }),
      { numRuns: 3000 },
    );
    expect(wrong).toBeGreaterThan(1000);
  });

  it('goes wrong where the engine says so, when it does', () => {
    let told = 0;
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.constantFrom(...SCRAPS, ''), (json, at, scrap) => {
        const text = json.slice(0, at % (json.length + 1)) + scrap + json.slice((at % (json.length + 1)) + 1);
        try {
          JSON.parse(text);
        } catch (error) {
          const position = /at position (\d+)/.exec((error as Error).message)?.[1];
          if (position === undefined) return;
          told += 1;
          expect(errorOf(text).place).toEqual(placeOf(text, Number(position)));
        }
      }),
      { numRuns: 3000 },
    );
    expect(told).toBeGreaterThan(100);
  });

  it('has a place however deep it is', () => {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const depth = 100_000;
      expect(errorOf(open.repeat(depth)).place).toEqual({ line: 1, column: open.length * depth + 1 });
      const text = `${open.repeat(depth)}0${close.repeat(depth)}!`;
      expect(errorOf(text).place.column).toBe(text.length);
    }
  });

  it('has the line of the larger input that it is part of', () => {
    const { message } = errorOf('{"a":1', { firstLine: 7 });
    expect(message).toBe('This is no JSON: it ends before "," or "}" (line 7, column 7).');
  });
});

describe('limits', () => {
  it('of depth are counted in lists and objects', () => {
    expect(parseJson('[{"a":[1]}]', 'This', { maxDepth: 3 })).toEqual([{ a: [1] }]);
    const { message } = errorOf('[{"a":\n[[1]]}]', { maxDepth: 3 });
    expect(message).toBe('This is nested more than 3 levels deep (line 2, column 2).');
    expect(errorOf('['.repeat(5000), { maxDepth: 200 }).place.column).toBe(201);
  });
  it('of names are those of each object, however they are written', () => {
    const strictNames = true;
    const apart = '[{"a":{"a":1}},{"a":1,"b":"a"}]';
    expect(parseJson(apart, 'This', { strictNames })).toEqual([{ a: { a: 1 } }, { a: 1, b: 'a' }]);
    const { message } = errorOf('{"a":1,"b":{},\n"\\u0061":2}', { strictNames });
    expect(message).toBe('This says "\\u0061" twice in the same object (line 2, column 1).');
    const proto = errorOf('{"a":{"constructor":1,"__proto__":2}}', { strictNames });
    expect(proto.message).toBe('This has the name "__proto__", which is not taken (line 1, column 23).');
  });
});
