import { assembleContent } from '../assertion/encode';
import { decodeAssertion } from '../assertion/decode';
import type { HeaderMap, Headers, HeaderValue } from '../assertion/assertion';
import { AssertionFormatError } from '../assertion/format-error';
import { emptyMap } from '../assertion/headers';
import { utf8 } from '../bytes';
import { hasErrors, type Fix, type Problem } from '../errors';
import { MODEL_CHECKS } from './assertion-check';
import { checkModel, type CheckContext } from './check';
import { joinPath, toPointer } from './path';

/** A problem as it leaves Imprint: `path` is a JSON Pointer into the headers. */
export type JudgedProblem = { severity: 'error' | 'warning'; code: string; path: string; message: string; fix?: Fix };

/** `ok` is snapd's own verdict: an `error` stands among the problems exactly when snapd refuses. */
export type Judgement = { ok: boolean; problems: JudgedProblem[] };

/** For the place of a key id that is not known yet. */
const SOME_KEY_ID = 'A'.repeat(64);

/**
 * Whether snapd could sign these headers as a model and decode what it signed (asserts/signtool/sign.go), and everything that is wrong with them or worth knowing.
 * `headers` is JSON as `snap sign` takes it, `body` among the headers; `body-length` and `sign-key-sha3-384` are filled in. Never throws.
 */
export function judgeHeaders(given: unknown, context: CheckContext = {}): Judgement {
  const problems: Problem[] = [];
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return judged(false, [{ path: '', code: 'not-headers', message: 'A model is a map of headers.' }]);
  const { body = '', 'body-length': _length, 'sign-key-sha3-384': _key, ...rest } = asHeaders(given, problems) as HeaderMap;
  const headers: Headers = Object.assign(emptyMap(), rest);
  if (typeof body !== 'string') problems.push({ path: 'body', code: 'not-text', message: 'body must be a text, not a list or a map.' });
  problems.push(...checkModel(headers, context));
  const fault = tryTo(() => assembleContent(Object.assign(emptyMap(), headers, { 'sign-key-sha3-384': SOME_KEY_ID }), utf8(typeof body === 'string' ? body : ''), { checks: MODEL_CHECKS }));
  const typed = headers['type'] === 'model' && problems.every(({ code }) => code !== 'not-text-value');
  return judged(fault === undefined && typed && typeof body === 'string', withFault(problems, fault));
}

/** The same of a text: whether snapd decodes it and it is a model (asserts/asserts.go Decode). Never throws. */
export function judgeText(text: Uint8Array, context: CheckContext = {}): Judgement {
  let type = '';
  let headers: Headers | undefined;
  const fault = tryTo(() => ({ type, headers } = decodeAssertion(text, { checks: MODEL_CHECKS })));
  headers ??= fault?.headers;
  const problems = headers ? checkModel(headers, context) : [];
  return judged(fault === undefined && type === 'model', withFault(problems, fault));
}

function tryTo(work: () => unknown): AssertionFormatError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof AssertionFormatError) return error;
    throw error;
  }
}

/** A copy of maps without prototypes. Numbers, flags and null are told, and read on as text, so that the rest is judged too. */
function asHeaders(value: unknown, problems: Problem[], path = ''): HeaderValue {
  if (typeof value === 'string') return value.replace(/\p{Surrogate}/gu, '\ufffd');
  if (Array.isArray(value)) return value.map((member, i) => asHeaders(member, problems, joinPath(path, i)));
  if (typeof value === 'object' && value !== null) {
    const map = emptyMap();
    for (const [name, member] of Object.entries(value)) map[name] = asHeaders(member, problems, joinPath(path, name));
    return map;
  }
  const text = String(value);
  const fix: Fix = value === null ? { label: 'Remove it', op: 'remove', path } : { label: `Write it as “${text}”`, op: 'set', path, value: text };
  problems.push({ path, code: 'not-text-value', message: `An assertion knows texts, lists and maps only, and this is ${value === null ? 'null' : `a ${typeof value}`}. Write it in quotes.`, fix });
  return text;
}

/** The checks find all that is wrong; the fault is what snapd would stop at. Where they do not speak of it, it is told as well. */
function withFault(problems: Problem[], fault: AssertionFormatError | undefined): Problem[] {
  if (!fault || (hasErrors(problems) && ['assertion-rule', 'assertion-header-missing', 'assertion-header-value', 'assertion-header-unwritable'].includes(fault.code))) return problems;
  return [{ path: fault.header, code: fault.code, message: fault.message }, ...problems];
}

/** snapd's verdict rules: what it takes is no error, however little Imprint likes it. */
function judged(ok: boolean, problems: Problem[]): Judgement {
  const severityOf = (problem: Problem) => (ok || (problem.severity ?? 'error') !== 'error' ? 'warning' : 'error');
  return { ok, problems: problems.map((problem) => ({ severity: severityOf(problem), code: problem.code, path: toPointer(problem.path), message: problem.message, ...(problem.fix ? { fix: { ...problem.fix, path: toPointer(problem.fix.path) } } : {}) })) };
}
