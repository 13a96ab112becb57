'use client';

import { useEffect, useRef, useState } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import type { BuildView, LogLine } from '@/lib/api/builds';
import { BUILD_ALLOWS } from '@/lib/build/states';
import { api } from '@/lib/paths';
import { buildKey, buildListsKey } from './queries';

export type StreamState = 'connecting' | 'live' | 'lost' | 'ended';

/** Lines come in bursts; the page draws them this often. */
const DRAW_MS = 100;
const RETRY_MS = { first: 1_000, most: 15_000 };

/**
 * Follows a build: the query of `buildKey` is kept up to date, and the log grows from `first` on. Survives a lost connection by asking again from
 * the last line that came, and a reload because the server tells everything again.
 */
export function useBuildStream(brand: string, number: number, first: { log: LogLine[]; complete: boolean }): { lines: LogLine[]; stream: StreamState } {
  const client = useQueryClient();
  const [lines, setLines] = useState(first.log);
  const [stream, setStream] = useState<StreamState>(first.complete ? 'ended' : 'connecting');
  const lastLine = useRef(first.log.at(-1)?.id ?? 0);
  const { complete } = first;

  useEffect(() => {
    if (complete) return;
    let source: EventSource | undefined;
    let fresh: LogLine[] = [];
    let drawing: ReturnType<typeof setTimeout> | undefined;
    let retrying: ReturnType<typeof setTimeout> | undefined;
    let wait = RETRY_MS.first;

    const draw = () => {
      drawing = undefined;
      const add = fresh;
      fresh = [];
      setLines((old) => [...old, ...add]);
    };
    const onLog = (event: MessageEvent<string>) => {
      const line = JSON.parse(event.data) as LogLine;
      if (line.id <= lastLine.current) return;
      lastLine.current = line.id;
      fresh.push(line);
      drawing ??= setTimeout(draw, DRAW_MS);
    };
    const onBuild = (event: MessageEvent<string>) => {
      const build = JSON.parse(event.data) as BuildView;
      client.setQueryData(buildKey(brand, number), build);
      if (BUILD_ALLOWS[build.state].final) void client.invalidateQueries({ queryKey: buildListsKey(brand) });
    };
    const connect = () => {
      const current = new EventSource(`${api.buildEvents(brand, number)}?after=${lastLine.current}`);
      source = current;
      current.addEventListener('open', () => {
        wait = RETRY_MS.first;
        setStream('live');
      });
      current.addEventListener('log', onLog);
      current.addEventListener('build', onBuild);
      current.addEventListener('end', () => {
        current.close();
        setStream('ended');
      });
      current.addEventListener('error', () => {
        if (current !== source) return;
        setStream('lost');
        // A dropped connection is taken up by the browser itself; a refused one (a restart behind a proxy) only by us.
        if (current.readyState !== EventSource.CLOSED) return;
        retrying = setTimeout(connect, wait);
        wait = Math.min(wait * 2, RETRY_MS.most);
      });
    };
    connect();
    return () => {
      source?.close();
      source = undefined;
      clearTimeout(retrying);
      clearTimeout(drawing);
      if (fresh.length > 0) draw();
    };
  }, [brand, number, client, complete]);

  return { lines, stream };
}
