import { pino } from 'pino';
import type { Logger } from 'pino';
import { env, secretsOf } from './env';
import { redactText } from './redact';

let made: Logger | undefined;

/**
 * One line of JSON an event, on standard output. Secrets of the environment, share tokens, cookies and credentials never reach it,
 * wherever in a line they stand.
 */
export function log(): Logger {
  made ??= createLog({ level: env().LOG_LEVEL, secrets: secretsOf(env()) });
  return made;
}

export function createLog(options: { level: string; secrets: string[]; write?: (line: string) => void }): Logger {
  const write = options.write ?? ((line: string) => process.stdout.write(line));
  return pino(
    {
      level: options.level,
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: ['cookie', 'authorization', '*.cookie', '*.authorization', 'headers["set-cookie"]', 'password', '*.password', 'token', '*.token'], censor: '[redacted]' },
    },
    { write: (line: string) => void write(redactText(line, options.secrets)) },
  );
}
