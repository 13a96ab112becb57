import { unstable_rethrow } from 'next/navigation';
import type { ZodType } from 'zod';
import type { Verb } from '@/lib/access';
import { assertParsed, NOTHING, parseQuery } from '@/lib/api/parse';
import { refusalHeaders, refusalOf } from '@/lib/api/refusal';
import { AppError } from '@/lib/errors';
import { log } from '@/lib/log';
import { assertMay } from '@/db/change';
import type { Ctx } from '@/db/context';
import { callerOf, contextOf } from './auth';
import type { Caller } from './auth';
import { readBody, readNoBody } from './read-body';

type Spec<B, Q> = { verb?: Verb; body?: ZodType<B>; query?: ZodType<Q> };
type PersonSpec<B, Q> = Omit<Spec<B, Q>, 'verb'>;
type Answer = unknown;
/** Segments of the route's own folder names: `[model]` is `params.model`. */
type Params = { [segment in 'brand' | 'model' | 'version' | 'revision' | 'key' | 'buildKey' | 'build' | 'share' | 'snap' | 'asked' | 'token']: string };
type Asked<B, Q> = { params: Params; body: B; query: Q; request: Request };
type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;

/** As nginx logs it. */
const CLIENT_GONE = 499;
const JSON_HEADERS = { 'cache-control': 'no-store' };

/**
 * A route of a brand: finds who asks, with which role and by which API token, checks `verb`, parses the query and the JSON body, and runs the handler.
 * What it returns is sent as JSON with 200, or as it is when it is a Response. Every AppError becomes its status and an ErrorBody, everything else 500.
 */
export function route<B = undefined, Q = undefined>(spec: Spec<B, Q>, handler: (asked: Asked<B, Q> & { ctx: Ctx }) => Answer | Promise<Answer>): Handler {
  return respond(async (request, params) => {
    const ctx = await contextOf(request, params.brand);
    if (spec.verb) assertMay(ctx, spec.verb);
    return handler({ ...(await parseAsked(spec, request, params)), ctx });
  });
}

/** A route for anybody who is signed in or has an API token, of no brand: a token's person has the token's brand alone. */
export function personRoute<B = undefined, Q = undefined>(spec: PersonSpec<B, Q>, handler: (asked: Asked<B, Q> & { person: Caller['person'] }) => Answer | Promise<Answer>): Handler {
  return respond(async (request, params) => {
    const { person } = await callerOf(request);
    return handler({ ...(await parseAsked(spec, request, params)), person });
  });
}

/** A route for anybody, signed in or not. */
export function openRoute<Q = undefined>(
  spec: Pick<Spec<undefined, Q>, 'query'>,
  handler: (asked: Asked<undefined, Q>) => Answer | Promise<Answer>,
): Handler {
  return respond(async (request, params) => handler(await parseAsked(spec, request, params)));
}

/** What was made, with 201. */
export const created = (made: unknown): Response => Response.json(made, { status: 201, headers: JSON_HEADERS });

/** The whole number that a segment of the address names. Throws AppError `not-found` for anything else. */
export function whole(segment: string): number {
  if (!/^(?:0|[1-9]\d{0,8})$/.test(segment)) throw new AppError('not-found', `There is nothing here: “${segment.slice(0, 40)}” is not a number.`);
  return Number(segment);
}

/** Puts a handler's answer or failure into HTTP. Next's own redirects and not-founds pass through. */
function respond(handler: (request: Request, params: Params) => Promise<Answer>): Handler {
  return async (request, context) => {
    try {
      const answer = await handler(request, ((await context?.params) ?? {}) as Params);
      return answer instanceof Response ? withoutCache(answer) : Response.json(answer, { headers: JSON_HEADERS });
    } catch (error) {
      unstable_rethrow(error);
      // Whoever asked is gone, and what they waited for was stopped: nobody's failure, and nobody reads the answer.
      if (request.signal.aborted) return new Response(null, { status: CLIENT_GONE });
      return refuse(request, error);
    }
  };
}

/** Query and body, each held to its schema. Throws AppError `invalid` with what is wrong with both, before anything is looked up. */
async function parseAsked<B, Q>(spec: Spec<B, Q>, request: Request, params: Params): Promise<Asked<B, Q>> {
  const query = parseQuery<unknown>(new URL(request.url).searchParams, spec.query ?? NOTHING);
  const body = spec.body ? await readBody(request, spec.body) : await readNoBody(request);
  assertParsed([...query.problems, ...body.problems]);
  return { params, request, query: query.value as Q, body: body.value as B };
}

function refuse(request: Request, error: unknown): Response {
  const requestId = request.headers.get('x-request-id') ?? '';
  const refusal = refusalOf(error, requestId);
  const { status, body } = refusal;
  if (status >= 500) log().error({ requestId, path: new URL(request.url).pathname, err: error }, 'a route failed');
  return Response.json(body, { status, headers: { ...JSON_HEADERS, ...refusalHeaders(refusal) } });
}

function withoutCache(response: Response): Response {
  if (response.headers.has('cache-control')) return response;
  const headers = new Headers(response.headers);
  headers.set('cache-control', 'no-store');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
