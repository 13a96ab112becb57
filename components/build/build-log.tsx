'use client';

import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { ArrowDownToLine, ChevronDown, ChevronUp, WrapText } from 'lucide-react';
import type { LogLine as Line } from '@/lib/api/builds';
import { Button, IconButton } from '../ui/button';
import { cn } from '../ui/cn';
import { plural } from '../ui/format';
import { SearchInput } from '../ui/search-input';
import type { StreamState } from './build-stream';
import { findIn } from './log-search';
import { LogLine } from './log-line';

/** So close to the end counts as being there. */
const END_PX = 24;
const LONG_LINES = 500;

const STREAM_WORDS: Record<StreamState, string> = { connecting: 'Connecting', live: 'Live', lost: 'Connection lost, trying again', ended: '' };

export function BuildLog({ lines, stream }: { lines: Line[]; stream: StreamState }) {
  const box = useRef<HTMLOListElement>(null);
  const [wrap, setWrap] = useState(true);
  const [follow, setFollow] = useState(stream !== 'ended');
  const [needle, setNeedle] = useState('');
  const [chosen, setChosen] = useState(0);
  const hits = useMemo(() => (needle ? lines.flatMap((line, i) => (findIn(line.text, needle).length > 0 ? [i] : [])) : []), [lines, needle]);
  const current = hits.length > 0 ? hits[chosen % hits.length] : undefined;

  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follow, lines]);

  const show = (hit: number) => {
    setChosen(hit);
    setFollow(false);
    const index = hits[hit % hits.length];
    if (index !== undefined) box.current?.children[index]?.scrollIntoView({ block: 'center' });
  };
  const step = (by: number) => hits.length > 0 && show((chosen + by + hits.length) % hits.length);
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    step(event.shiftKey ? -1 : 1);
  };
  const onScroll = () => {
    const el = box.current;
    if (el && stream !== 'ended') setFollow(el.scrollHeight - el.scrollTop - el.clientHeight < END_PX);
  };

  return (
    <div className="overflow-hidden rounded-lg border border-line">
      <div className="flex flex-wrap items-center gap-2 border-b border-line p-2">
        <SearchInput
          label="Search the log"
          placeholder="Search the log"
          value={needle}
          onValueChange={(value) => {
            setNeedle(value);
            setChosen(0);
          }}
          onKeyDown={onKey}
          className="w-56 max-sm:w-full"
        />
        {needle && (
          <span className="flex items-center gap-1 text-sm text-muted tabular">
            <span role="status">{hits.length === 0 ? 'Nothing found' : `${(chosen % hits.length) + 1} of ${hits.length}`}</span>
            <IconButton size="icon-sm" label="Previous hit" onClick={() => step(-1)}>
              <ChevronUp />
            </IconButton>
            <IconButton size="icon-sm" label="Next hit" onClick={() => step(1)}>
              <ChevronDown />
            </IconButton>
          </span>
        )}
        <span className="ml-auto flex items-center gap-1">
          {STREAM_WORDS[stream] && (
            <span role="status" className={cn('mr-2 flex items-center gap-1.5 text-sm', stream === 'lost' ? 'text-warn' : 'text-muted')}>
              <span aria-hidden className={cn('size-2 rounded-full', stream === 'live' ? 'animate-pulse bg-ok' : stream === 'lost' ? 'bg-warn' : 'bg-line-strong')} />
              {STREAM_WORDS[stream]}
            </span>
          )}
          <Button size="sm" variant="ghost" aria-pressed={wrap} onClick={() => setWrap(!wrap)} className="aria-pressed:bg-hover aria-pressed:text-ink">
            <WrapText aria-hidden />
            Wrap
          </Button>
          {stream !== 'ended' && (
            <Button size="sm" variant="ghost" aria-pressed={follow} onClick={() => setFollow(!follow)} className="aria-pressed:bg-hover aria-pressed:text-ink">
              <ArrowDownToLine aria-hidden />
              Follow
            </Button>
          )}
        </span>
      </div>
      <ol ref={box} onScroll={onScroll} tabIndex={0} aria-label={`Build log, ${plural(lines.length, 'line')}`} className={cn('overflow-auto bg-sunken py-2 font-mono text-xs leading-5 focus-visible:-outline-offset-2', stream === 'ended' ? 'max-h-120' : 'h-100')}>
        {lines.map((line, i) => (
          <LogLine key={line.id} line={line} number={i + 1} needle={needle} current={i === current} wrap={wrap} lazy={lines.length > LONG_LINES} />
        ))}
        {lines.length === 0 && <li className="px-3 text-muted">{stream === 'ended' ? 'This build has no log.' : 'The log begins when a worker takes the build.'}</li>}
      </ol>
    </div>
  );
}
