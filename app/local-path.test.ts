import { describe, expect, it } from 'vitest';
import { localPath } from './local-path';

const base = 'http://localhost:3000';

describe('where to go after sign-in', () => {
  it.each([
    ['/acme/models?q=x', '/acme/models?q=x'],
    ['http://localhost:3000/acme', '/acme'],
    ['acme', '/acme'],
    ['/artifacts/acme/3/kiosk.img', '/artifacts/acme/3/kiosk.img'],
    ['/signed', '/signed'],
  ])('%s is ours', (address, path) => expect(localPath(address, base)).toBe(path));
  it.each(['//evil.example', '/\\evil.example', '\\\\evil.example', 'https://evil.example/x', 'http://localhost:3001/', 'javascript:alert(1)', 'http://localhost:3000//evil.example', 'http://[', '', undefined, '/sign-in', '/sign-out', '/signed-out?x=1', '/api/auth/signout'])(
    '%s leads home',
    (address) => expect(localPath(address, base)).toBe('/'),
  );
});
