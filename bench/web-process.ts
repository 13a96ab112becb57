/** The web process without its pages: every request goes the way that workers/web.ts has for it, and none needs a build of Next. */
import { env } from '@/lib/env';
import { log } from '@/lib/log';
import { openStore } from '@/lib/storage/open-store';
import { database } from '@/db/client';
import { makeHandler } from '../workers/web/handle-request';
import { makeLimits } from '../workers/web/limits';
import { listen } from '../workers/listen';

const next = (_request: unknown, response: { writeHead(status: number): { end(): void } }) => response.writeHead(404).end();
const handler = makeHandler({ next, base: env().IMPRINT_URL, log: log(), isTrustedProxy: () => false, limits: makeLimits(), db: database(), store: openStore(), parts: {} as never });
const { port } = await listen(handler, '127.0.0.1', env().PORT);
process.send?.({ ready: true, port });
process.on('disconnect', () => process.exit(0));
