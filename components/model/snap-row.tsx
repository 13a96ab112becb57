'use client';

import { useId, useRef, type RefObject } from 'react';
import { ArrowDown, ArrowUp, Trash2 } from 'lucide-react';
import type { SnapView } from '@/lib/api/snaps';
import type { Problem } from '@/lib/errors';
import { hasErrors } from '@/lib/errors';
import type { SnapRow as Row } from '@/lib/model/edit';
import { Badge } from '../ui/badge';
import { IconButton } from '../ui/button';
import { ProblemList } from '../ui/problem-list';
import { Select } from '../ui/select';
import { Skeleton } from '../ui/skeleton';
import { At } from './at';
import { ChannelSelect } from './channel-select';
import { Publisher } from '../snap/publisher';
import { SnapTypeIcon, snapTypeWord } from '../snap/snap-type';

/** Why the essential four are there. */
const WHY: Record<string, string> = {
  snapd: 'Starts and updates every snap.',
  kernel: 'Boots the device and drives its hardware.',
  base: 'The system that everything runs on.',
  gadget: 'Knows the board: disk layout, boot loader, defaults.',
};

type Props = {
  row: Row;
  view: SnapView | null | undefined;
  architecture: string;
  problems: Problem[];
  readOnly: boolean;
  /** undefined at the ends of the list and for essential snaps, whose order is fixed. */
  onUp?: () => void;
  onDown?: () => void;
  onRemove: () => void;
  onChannel: (channel: string) => void;
  onPresence: (presence: 'required' | 'optional') => void;
  onFix: (problem: Problem) => void;
};

export function SnapRow({ row, view, architecture, problems, readOnly, onUp, onDown, onRemove, onChannel, onPresence, onFix }: Props) {
  const problemsId = useId();
  const up = useRef<HTMLButtonElement>(null);
  const down = useRef<HTMLButtonElement>(null);
  const { entry, name, type, essential } = row;
  const path = `snaps[${row.index}]`;
  const about = problems.length > 0 ? problemsId : undefined;
  const label = name || 'this snap';
  const release = view?.channels.find((c) => c.channel === entry['default-channel'] && (c.architecture === architecture || c.architecture === 'all'));
  return (
    <li>
      <At path={path} className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3 gap-y-2 py-3 2xl:grid-cols-[auto_minmax(0,1fr)_auto_auto]">
        <SnapTypeIcon type={type} />
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2">
            <span className="font-mono text-sm font-medium wrap-anywhere">{name || '(no name)'}</span>
            {type !== 'app' && <Badge>{snapTypeWord(type)}</Badge>}
            <Extras entry={entry} />
          </p>
          <p className="flex min-w-0 flex-wrap items-center gap-x-2 text-sm text-muted">
            {essential && <span>{WHY[type === 'app' ? 'base' : type]}</span>}
            {view && <Publisher publisher={view.publisher} />}
            {view === undefined && <Skeleton className="h-3.5 w-20" />}
            {!essential && release?.base && <span>on {release.base}</span>}
          </p>
        </div>
        <div className="flex items-center justify-end 2xl:col-start-4 2xl:w-21">
          {!essential && !readOnly && (
            <>
              <IconButton ref={up} size="icon-sm" label={`Move ${label} up`} disabledReason={onUp ? undefined : `${label} is the first.`} onClick={() => move(onUp, up)}>
                <ArrowUp />
              </IconButton>
              <IconButton ref={down} size="icon-sm" label={`Move ${label} down`} disabledReason={onDown ? undefined : `${label} is the last.`} onClick={() => move(onDown, down)}>
                <ArrowDown />
              </IconButton>
            </>
          )}
          {!readOnly && (
            <IconButton size="icon-sm" label={`Remove ${label}`} onClick={onRemove}>
              <Trash2 />
            </IconButton>
          )}
        </div>
        <div className="col-span-2 col-start-2 flex flex-wrap items-center gap-1.5 2xl:col-span-1 2xl:col-start-3 2xl:row-start-1">
          <ChannelSelect
            snap={label}
            value={typeof entry['default-channel'] === 'string' ? entry['default-channel'] : ''}
            architecture={architecture}
            view={view}
            disabled={readOnly}
            invalid={hasErrors(problems.filter((problem) => problem.path === `${path}.default-channel`))}
            describedBy={about}
            onChange={onChannel}
          />
          {!essential && (
            <Select small className="w-26" disabled={readOnly} aria-label={`Presence of ${label}`} value={entry.presence === 'optional' ? 'optional' : 'required'} onChange={(event) => onPresence(event.target.value as 'required' | 'optional')}>
              <option value="required">required</option>
              <option value="optional">optional</option>
            </Select>
          )}
        </div>
        <ProblemList id={problemsId} problems={problems} onFix={readOnly ? undefined : onFix} className="col-span-2 col-start-2 2xl:col-span-3" />
      </At>
    </li>
  );
}

/** Keeps the pressed button in focus: at the end of the list it becomes another one, which says why it does nothing. */
function move(by: (() => void) | undefined, button: RefObject<HTMLButtonElement | null>) {
  by?.();
  requestAnimationFrame(() => button.current?.focus());
}

/** What an entry says beyond what the row can change; it stays as it is. */
function Extras({ entry }: { entry: Row['entry'] }) {
  const { modes, components, classic } = entry;
  const count = typeof components === 'object' ? Object.keys(components).length : 0;
  return (
    <>
      {Array.isArray(modes) && modes.length > 0 && <Badge title="Modes">{modes.filter((mode) => typeof mode === 'string').join(', ')}</Badge>}
      {count > 0 && <Badge>{count === 1 ? '1 component' : `${count} components`}</Badge>}
      {classic === 'true' && <Badge tone="warn">classic</Badge>}
    </>
  );
}
