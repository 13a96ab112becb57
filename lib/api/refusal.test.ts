import { describe, expect, it } from 'vitest';
import { AppError } from '../errors';
import { refusalHeaders, refusalOf, statusOf } from './refusal';

describe('a refusal', () => {
  it('has the status of its code, its sentence and its problems', () => {
    const problems = [{ path: 'name', code: 'taken', message: 'Taken.' }];
    expect(refusalOf(new AppError('invalid', 'No.', { problems, details: { a: 1 } }), 'r1')).toEqual({ status: 422, body: { error: { code: 'invalid', message: 'No.', requestId: 'r1', problems, details: { a: 1 } } } });
  });
  it.each([
    ['unauthenticated', 401],
    ['assertion-header-syntax', 422],
    ['unknown-type', 422],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['stale', 409],
    ['gone', 410],
    ['rate-limited', 429],
    ['store-unreachable', 502],
    ['disk-full', 507],
    ['signer-unreachable', 502],
  ])('%s is %d', (code, status) => expect(statusOf(code)).toBe(status));
  it('with a code that nobody listed is a fault of ours', () => {
    expect(statusOf('surprise')).toBe(500);
    expect(statusOf('constructor')).toBe(500);
  });
  it('says in its headers how to sign in, which methods there are, and when to come again', () => {
    const headers = (code: string, details = {}) =>
      refusalHeaders(refusalOf(new AppError(code, 'No.', { details }), 'r1'));
    expect(headers('unauthenticated')).toEqual({ 'www-authenticate': 'Bearer realm="Imprint"' });
    expect(headers('method-refused', { allow: ['GET', 'HEAD'] })).toEqual({ allow: 'GET, HEAD' });
    expect(headers('rate-limited', { retryAfterSeconds: 3 })).toEqual({ 'retry-after': '3' });
    expect(headers('forbidden', { allow: ['GET'] })).toEqual({});
  });
  it('tells nothing of a bug but the request id', () => {
    const { status, body } = refusalOf(new Error('connect postgres://u:p@h failed', { cause: 'x' }), 'r2');
    expect(status).toBe(500);
    expect(body.error).toMatchObject({ code: 'internal', requestId: 'r2', problems: [], details: {} });
    expect(JSON.stringify(body)).not.toContain('postgres');
  });
});
