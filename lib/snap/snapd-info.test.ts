import { expect, it } from 'vitest';
import { parseSnapdInfo } from './snapd-info';

it('is read of the lines that a snap has about its snapd', () => {
  expect(parseSnapdInfo(`VERSION=2.70\nSNAPD_APPARMOR_REEXEC=1\nSNAPD_ASSERTS_FORMATS='{"account-key":1,"snap-declaration":6}'\n`, 'snapd')).toEqual({ version: '2.70', formats: new Map([['account-key', 1], ['snap-declaration', 6]]) });
  expect(parseSnapdInfo('nothing\n', 'snapd')).toEqual({ version: '', formats: undefined });
});

it.each([['2.76', 1, 5], ['2.53.4', 1, 4], ['2.45', 0, 4], ['2.40~pre1', 0, 3], ['2.36', 0, 3], ['2.23', 0, 2], ['2.20', 0, 1], ['2.0', 0, 0]])('knows what snapd %s reads, which does not say', (version, user, declaration) =>
  expect(parseSnapdInfo(`VERSION=${version}`, 'snapd').formats).toEqual(new Map([['system-user', user], ['snap-declaration', declaration]])));

it.each([`'{"snap-declaration":5'`, 'x', '{"a":"b"}', '{"a":1.5}'])('refuses formats that are %s', (formats) =>
  expect(() => parseSnapdInfo(`VERSION=2.70\nSNAPD_ASSERTS_FORMATS=${formats}\n`, 'snapd')).toThrow(expect.objectContaining({ code: 'snapd-info-invalid' })));
