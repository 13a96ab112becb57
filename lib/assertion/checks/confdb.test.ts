import { describe, expect, it } from 'vitest';
import { utf8 } from '../../bytes';
import type { Headers } from '../assertion';
import { assembleContent } from '../encode';
import { AssertionFormatError } from '../format-error';
import { writeGoJson } from '../json-body';

const VALID: Headers = {
  type: 'confdb-schema', 'authority-id': 'acme', 'account-id': 'acme', name: 'network', timestamp: '2026-01-01T00:00:00Z', 'sign-key-sha3-384': 'A'.repeat(64),
  views: { wifi: { rules: [{ request: 'ssid', storage: 'wifi.ssid' }] } },
};
const STORAGE = { schema: { wifi: { values: 'any' } } };

/** The path that is refused, or `fine`. A header set to undefined is left out. */
function check(more: Record<string, unknown> = {}, body: unknown = { storage: STORAGE }): string {
  const headers = Object.fromEntries(Object.entries({ ...VALID, ...more }).filter(([, value]) => value !== undefined)) as Headers;
  try {
    assembleContent(headers, utf8(writeGoJson(body)));
  } catch (error) {
    if (error instanceof AssertionFormatError) return error.header;
    throw error;
  }
  return 'fine';
}

describe('a confdb schema', () => {
  it.each<[Record<string, unknown>, unknown?]>([
    [{}],
    [{ summary: 'How to reach the world' }],
    [{ 'account-id': 'system', 'authority-id': 'canonical' }],
    [{}, { storage: STORAGE, other: 1 }],
    [{}, { storage: 'unread' }],
  ])('is taken with %j', (more, body) => expect(check(more, body)).toBe('fine'));

  it.each<[string, Record<string, unknown>, unknown?]>([
    ['authority-id', { 'authority-id': 'globex' }],
    ['authority-id', { 'account-id': 'system', 'authority-id': 'system' }],
    ['name', { name: 'Network' }],
    ['name', { name: undefined }],
    ['views', { views: undefined }],
    ['views', { views: 'wifi' }],
    ['views', { views: {} }],
    ['views.wifi.rules', { views: { wifi: { summary: 'x' } } }],
    ['views.wifi.rules[0].storage', { views: { wifi: { rules: [{ storage: 'lan' }] } } }],
    ['summary', { summary: ['x'] }],
    ['timestamp', { timestamp: 'today' }],
    ['body-length', {}, {}],
    ['body-length', {}, null],
    ['body-length', {}, [{ storage: STORAGE }]],
    ['body-length', {}, { Storage: STORAGE }],
  ])('is refused for its %s: %j', (path, more, body) => expect(check(more, body)).toBe(path));
});
