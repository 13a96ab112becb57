import { logQuery } from '@/lib/api/builds';
import { getBuild, readLog, watchBuild } from '@/db/builds';
import { isSettled } from '@/components/build/build-settled';
import { eventStream } from '@/app/event-stream';
import { route, whole } from '@/app/respond';

export const dynamic = 'force-dynamic';

/**
 * The build as it goes: the whole view whenever it changes, and every log line once, from `Last-Event-ID` or `?after=` on.
 * Ends when the build has ended and all was said.
 */
export const GET = route({ verb: 'brand.read', query: logQuery }, async ({ ctx, params, query, request }) => {
  const number = whole(params.build);
  // What there is not is refused here: a stream that has begun can no longer say so.
  await getBuild(ctx, number);
  const lastEventId = Number(request.headers.get('last-event-id') ?? '');
  let lastLine = Number.isInteger(lastEventId) && lastEventId > 0 ? lastEventId : query.after;
  let shown = '';

  return eventStream(request.signal, {
    subscribe: (changed) => watchBuild(ctx, number, changed),
    async next(send) {
      for (;;) {
        const lines = await readLog(ctx, number, lastLine);
        for (const line of lines) {
          lastLine = line.id;
          send({ event: 'log', id: String(line.id), data: line });
        }
        if (lines.length === 0) break;
      }
      const build = await getBuild(ctx, number);
      const text = JSON.stringify(build);
      if (text !== shown) send({ event: 'build', id: String(lastLine), data: build });
      shown = text;
      return { done: isSettled(build) };
    },
  });
});
