import { compareBytes } from '../bytes';

const ESCAPES: Record<string, string> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026', '\u2028': '\\u2028', '\u2029': '\\u2029' };

/** A string as Go's encoding/json writes it: safe inside HTML, broken UTF-16 replaced. */
export const goString = (text: string): string => JSON.stringify(text.replaceAll(/[\ud800-\udfff]/gu, '\ufffd')).replaceAll(/[<>&\u2028\u2029]/g, (c) => ESCAPES[c]!);

/** A map as Go writes it: keys in byte order. Values are JSON already. */
export const goMap = (entries: [key: string, json: string][]): string => `{${[...entries].sort(([a], [b]) => compareBytes(a, b)).map(([key, json]) => `${goString(key)}:${json}`).join(',')}}`;
