import { cache } from 'react';
import { headers } from 'next/headers';
import { notFound, redirect } from 'next/navigation';
import { AppError } from '@/lib/errors';
import { bearerOf } from '@/lib/keys/api-token';
import { paths } from '@/lib/paths';
import { readSession } from '@/lib/session-cookie';
import { database } from '@/db/client';
import type { Actor, Ctx } from '@/db/context';
import { openPkcs11Signer } from '@/lib/tools/pkcs11';
import { enterBrand } from '@/db/enter-brand';
import { findPerson } from '@/db/people';
import type { Person as Known } from '@/db/people';
import { findBearer } from '@/db/tokens';

/** Somebody who is signed in, with their brands and roles as the database has them now. */
export type Person = Known & { sessionId: string; idToken: string | undefined };

type Asking = { get(name: string): string | null };

async function findByHeaders(asking: Asking): Promise<Person | undefined> {
  const session = await readSession(asking.get('cookie'));
  if (!session) return undefined;
  const person = await findPerson(database(), session.sessionId);
  return person && { ...person, sessionId: session.sessionId, idToken: session.idToken };
}

/** Where a request comes from, as workers/web.ts has established it: it removes what a client sends under these names. */
export const whence = (asking: Asking): { address: string; requestId: string } => ({ address: asking.get('x-imprint-address') ?? '', requestId: asking.get('x-request-id') ?? '' });

/** Who asks for this page; undefined for strangers. Asked once a request, however often it is called. */
export const currentPerson = cache(async (): Promise<Person | undefined> => findByHeaders(await headers()));

/** For pages: sends strangers to the sign-in page, and back here afterwards. */
export async function requirePerson(): Promise<Person> {
  const person = await currentPerson();
  if (person) return person;
  redirect(paths.signIn((await headers()).get('x-imprint-path') ?? undefined));
}

/** For pages of a brand: somebody else's brand and one that does not exist are alike not found. */
export async function brandContext(slug: string): Promise<Ctx> {
  return enterBrand(database(), await requirePerson(), slug, whence(await headers()), openPkcs11Signer) ?? notFound();
}

/** For routes that end a session: whose it is; undefined for strangers. */
export const personOf = (request: Request): Promise<Person | undefined> => findByHeaders(request.headers);

/** Who sends a request to a route, and the API token that does so for them. */
export type Caller = { person: Known; token?: Actor['token'] };

/** For routes. Where an API token is given, it alone counts: what a cookie says is not even read. Throws AppError `unauthenticated` for strangers. */
export async function callerOf(request: Request): Promise<Caller> {
  const secret = bearerOf(request.headers.get('authorization'));
  if (secret === undefined) {
    const person = await personOf(request);
    if (!person) throw unauthenticated();
    return { person };
  }
  const bearer = await findBearer(database(), secret, whence(request.headers).address);
  if (!bearer) throw new AppError('unauthenticated', 'This API token is not known, or it was revoked, has expired, or its person is no longer in the brand. Make a new one in the console.');
  return bearer;
}

const unauthenticated = (): AppError => new AppError('unauthenticated', 'You are not signed in, or your session has ended. Sign in and try again.');

/** For routes of a brand. Throws AppError `unauthenticated`, or `not-found` when the brand is not theirs. */
export async function contextOf(request: Request, slug: string): Promise<Ctx> {
  const { person, token } = await callerOf(request);
  const ctx = enterBrand(database(), person, slug, { ...whence(request.headers), ...(token && { token }) }, openPkcs11Signer);
  if (!ctx) throw new AppError('not-found', `There is no brand “${slug.slice(0, 80)}” that you are a member of.`);
  return ctx;
}
