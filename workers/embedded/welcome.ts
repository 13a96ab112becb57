import { DEMO_PEOPLE } from './oidc/people';
import type { Console } from './run-console';

/** What the person at the terminal needs to go on. */
export function welcome({ url, dataDir, demo }: Console, seconds: number): string {
  const people = DEMO_PEOPLE.map(({ name, about }) => `    ${name.padEnd(16)} ${about}`).join('\n');
  return [
    '',
    `  Imprint is ready: ${url}   (${seconds.toFixed(1)} s)`,
    '',
    ...(demo ? ['  Demo sign-ins, no passwords, for this machine only:', people, ''] : []),
    `  Data and logs: ${dataDir}`,
    '  Stop with Ctrl-C.',
    '',
  ].join('\n');
}
