/** Where queries and bodies are held to their schemas; all that is wrong with one is told at once. */
import { z } from 'zod';
import { AppError } from '../errors';
import type { Problem } from '../errors';
import { problemsOf } from './problems';

/** There is a value where there is no problem. */
export type Parsed<T> = { value?: T; problems: Problem[] };

/** Of an operation that takes nothing. */
export const NOTHING = z.strictObject({});

/** A body, read from JSON. */
export const parseBody = <T>(value: unknown, schema: z.ZodType<T>): Parsed<T> => hold(value, schema, 'field');

/** A query; a parameter that is there twice says two things. */
export function parseQuery<T>(query: URLSearchParams, schema: z.ZodType<T>): Parsed<T> {
  const names = [...new Set(query.keys())];
  const repeated = names.filter((name) => query.getAll(name).length > 1);
  const parsed = hold(Object.fromEntries(query), schema, 'query parameter');
  if (repeated.length === 0) return parsed;
  const problems = repeated.map((name): Problem => ({
    path: name,
    code: 'repeated',
    message: 'Give this query parameter once.',
  }));
  return { problems: [...problems, ...parsed.problems] };
}

/** The query of an address that is no operation's. Throws AppError `invalid`. */
export function requireQuery<T>(query: URLSearchParams, schema: z.ZodType<T>): T {
  const { value, problems } = parseQuery(query, schema);
  assertParsed(problems, problems[0]?.message);
  return value as T;
}

/** Throws AppError `invalid` with all problems at once; does nothing when there are none. */
export function assertParsed(problems: Problem[], message = 'Some of what you sent is not right.'): void {
  if (problems.length > 0) throw new AppError('invalid', message, { problems });
}

function hold<T>(value: unknown, schema: z.ZodType<T>, noun: string): Parsed<T> {
  const parsed = schema.safeParse(value);
  return parsed.success
    ? { value: parsed.data, problems: [] }
    : { problems: problemsOf(parsed.error, schema, noun) };
}
