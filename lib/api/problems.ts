import { z } from 'zod';
import type { Problem } from '../errors';
import { nearest } from './nearest';

/** More are counted, not told: a body of a megabyte has room for a hundred thousand names. */
export const MAX_PROBLEMS = 100;
const MAX_NAME = 100;

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/**
 * Everything that a schema refuses, with paths such as `snaps[2].name`. Each unknown name is a problem of its own, with
 * the known one that is near; `noun` is what it is called. Codes are `unknown-field` and zod's own, which its major
 * version keeps stable.
 */
export function problemsOf(error: z.ZodError, schema: z.ZodType, noun: string): Problem[] {
  const all = error.issues.flatMap((issue) => expand(issue, [], schema, noun));
  if (all.length <= MAX_PROBLEMS) return all;
  const more = all.length - MAX_PROBLEMS;
  return [
    ...all.slice(0, MAX_PROBLEMS),
    { path: '', code: 'more', message: `There are ${more} more problems.` },
  ];
}

function expand(issue: Issue, base: Path, schema: z.ZodType, noun: string): Problem[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'invalid_union') {
    const branches = issue.errors.map((issues) =>
      issues.flatMap((inner) => expand(inner, path, schema, noun)),
    );
    return ofUnion(branches, { path: pathText(path), code: 'invalid-union', message: issue.message });
  }
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: pathText(path), code: issue.code.replaceAll('_', '-'), message: issue.message }];
  }
  const known = [...new Set(schemasAt(schema, path).flatMap(namesOf))];
  return issue.keys.map((name, i) => ({
    path: pathText([...path, name]),
    code: 'unknown-field',
    message: i < MAX_PROBLEMS ? unknown(name, known, noun) : '',
  }));
}

/** Of the alternatives the one that was meant: the closest. Where none is, what they agree on. */
function ofUnion(branches: Problem[][], whole: Problem): Problem[] {
  const fitting = branches.filter(
    (problems) => !problems.some(({ path, code }) => path === whole.path && code !== 'unknown-field'),
  );
  const fewest = Math.min(...fitting.map(({ length }) => length));
  const [first = [], ...others] = fitting.filter(({ length }) => length === fewest);
  if (fitting.length > 0 && others.length === 0) return first;
  const isShared = ({ path, code }: Problem): boolean =>
    others.every((problems) => problems.some((other) => other.path === path && other.code === code));
  return [whole, ...first.filter(isShared)];
}

function unknown(name: string, known: string[], noun: string): string {
  const sentence = `There is no ${noun} “${short(name)}”`;
  const meant = nearest(name, known);
  if (meant !== undefined) return `${sentence}. Did you mean “${meant}”?`;
  return known.length > 0 ? `${sentence}; there is ${known.join(', ')}.` : `${sentence}; none is taken here.`;
}

/** The schemas that a value at this path is held to; several where there are alternatives. */
function schemasAt(schema: z.ZodType, path: Path): z.ZodType[] {
  let at = alternatives(schema);
  for (const step of path) at = at.flatMap((one) => within(one, step)).flatMap(alternatives);
  return at;
}

function alternatives(schema: z.ZodType): z.ZodType[] {
  if (schema instanceof z.ZodUnion) return (schema.options as z.ZodType[]).flatMap(alternatives);
  if (schema instanceof z.ZodPipe) return alternatives(schema.in as z.ZodType);
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault) {
    return alternatives(schema.unwrap() as z.ZodType);
  }
  return [schema];
}

function within(schema: z.ZodType, step: PropertyKey): z.ZodType[] {
  if (schema instanceof z.ZodArray) return [schema.element as z.ZodType];
  if (schema instanceof z.ZodRecord) return [schema.valueType as z.ZodType];
  const shape = shapeOf(schema);
  return Object.hasOwn(shape, step) ? [shape[String(step)]!] : [];
}

const shapeOf = (schema: z.ZodType): Record<string, z.ZodType> =>
  schema instanceof z.ZodObject ? (schema.shape as Record<string, z.ZodType>) : {};
const namesOf = (schema: z.ZodType): string[] => Object.keys(shapeOf(schema));

const short = (name: string): string => (name.length > MAX_NAME ? `${name.slice(0, MAX_NAME)}…` : name);

function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    const name = short(String(step));
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(name)) text += text === '' ? name : `.${name}`;
    else text += `[${JSON.stringify(name)}]`;
  }
  return text;
}
