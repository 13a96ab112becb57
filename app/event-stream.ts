type Event = { event: string; id: string; data: unknown };

type Source = {
  /** Calls `changed` whenever there may be something new; resolves to how to stop it. */
  subscribe(changed: () => void): Promise<() => void>;
  /** Sends what is new. Never runs twice at once; runs once more when a change came meanwhile. */
  next(send: (event: Event) => void): Promise<{ done: boolean }>;
};

/** Below the idle time-outs of usual proxies. */
const PING_MS = 15_000;

/** A stream of Server-Sent Events. What it sends is always read anew, so a lost wake-up or connection costs nothing but the wait. */
export function eventStream(signal: AbortSignal, source: Source): Response {
  const encoder = new TextEncoder();
  let close = () => {};

  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      let closed = false;
      let busy = false;
      let again = false;
      let unsubscribe = () => {};
      const write = (text: string) => {
        if (!closed) controller.enqueue(encoder.encode(text));
      };
      const ping = setInterval(() => write(': still here\n\n'), PING_MS);
      close = () => {
        if (closed) return;
        closed = true;
        clearInterval(ping);
        unsubscribe();
        signal.removeEventListener('abort', close);
      };
      const finish = () => {
        const wasOpen = !closed;
        close();
        if (wasOpen) controller.close();
      };

      const pump = async () => {
        again = true;
        if (busy) return;
        busy = true;
        try {
          while (again && !closed) {
            again = false;
            const { done } = await source.next(({ event, id, data }) => write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
            if (done) {
              // Tells the browser not to come back: EventSource reconnects whenever a stream ends.
              write('event: end\ndata: {}\n\n');
              finish();
            }
          }
        } catch (error) {
          // The browser reconnects by itself and asks again from the last event on.
          if (!closed) {
            close();
            controller.error(error);
          }
        } finally {
          busy = false;
        }
      };

      signal.addEventListener('abort', finish);
      write('retry: 1000\n\n');
      try {
        unsubscribe = await source.subscribe(() => void pump());
      } catch (error) {
        // The stream fails with it, and must not be closed again when the browser goes away.
        close();
        throw error;
      }
      if (closed) unsubscribe();
      await pump();
    },
    cancel: () => close(),
  });

  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' },
  });
}
