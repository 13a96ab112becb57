import { describe, expect, it } from 'vitest';
import { createLog } from './log';

function logged(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog({ level: 'info', secrets: ['the-session-secret'], write: (line) => lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('is a line of JSON with level, time and words', () => {
    const [line] = logged((log) => log.info({ requestId: 'r1' }, 'request'));
    expect(line).toMatchObject({ level: 'info', requestId: 'r1', msg: 'request' });
    expect(new Date(String(line!.time)).getTime()).not.toBeNaN();
  });
  it('leaves out what is below its level', () => expect(logged((log) => log.debug('no'))).toEqual([]));
  it('has no cookies, credentials, tokens or secrets, in fields, texts or causes', () => {
    const lines = logged((log) => {
      log.info({ headers: { cookie: 'sid=123', authorization: 'Bearer 12345678' }, token: 'tok', path: '/s/x?t=tok3n' }, 'got the-session-secret');
      log.error({ err: new Error('connect postgres://u:p4ssword@h/db', { cause: new Error('/s/x?t=tok3n') }) }, 'failed');
    });
    expect(JSON.stringify(lines)).not.toMatch(/sid=123|12345678|"tok"|tok3n|the-session-secret|p4ssword/);
    expect(lines[1]).toMatchObject({ err: { message: expect.stringContaining('connect postgres://u:[redacted]@h/db') as string } });
  });
});
