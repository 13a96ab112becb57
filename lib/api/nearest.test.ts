import { describe, expect, it } from 'vitest';
import { nearest } from './nearest';

const FIELDS = ['model', 'revision', 'expiresInDays', 'note', 'displayName', 'grade', 'q', 'limit', 'after'];

describe('the name that was meant', () => {
  it.each([
    ['revison', 'revision'],
    ['revisoin', 'revision'],
    ['Revision', 'revision'],
    ['revisions', 'revision'],
    ['rev', 'revision'],
    ['gradde', 'grade'],
    ['expiresInDay', 'expiresInDays'],
    ['expires_in_days', 'expiresInDays'],
    ['display-name', 'displayName'],
    ['modelName', 'model'],
    ['days', 'expiresInDays'],
    ['limt', 'limit'],
    ['ntoe', 'note'],
  ])('behind %s is %s', (typed, name) => expect(nearest(typed, FIELDS)).toBe(name));

  it.each(['imageSize', 'x', '', '__proto__', 'force', 'nothing-like-it', 'revision'.repeat(20), '😀'])(
    'is not guessed behind %j',
    (typed) => {
      expect(nearest(typed, FIELDS)).toBeUndefined();
    },
  );

  it('is the one that fewer letters are wrong in', () => {
    expect(nearest('form', ['from', 'farm', 'for'])).toBe('from');
    expect(nearest('keys', ['keyName', 'key'])).toBe('key');
    expect(nearest('anything', [])).toBeUndefined();
  });
});
