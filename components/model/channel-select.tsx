'use client';

import type { SnapView } from '@/lib/api/snaps';
import { formatChannel, fullChannel, parseChannel, RISKS, type Risk } from '@/lib/snap/channel';
import { Input } from '../ui/input';
import { Select } from '../ui/select';

type Props = { snap: string; value: string; architecture: string; view: SnapView | null | undefined; disabled: boolean; invalid: boolean; describedBy: string | undefined; onChange: (channel: string) => void };

/** Track and risk of a snap, with what the store has there now; free text for a channel that is neither. */
export function ChannelSelect({ snap, value, architecture, view, disabled, invalid, describedBy, onChange }: Props) {
  const channel = parseChannel(value || 'latest/stable');
  const control = { 'aria-invalid': invalid || undefined, 'aria-describedby': describedBy };
  if (!channel || channel.track === undefined) return <Input {...control} mono aria-label={`Channel of ${snap}`} readOnly={disabled} value={value} onChange={(event) => onChange(event.target.value)} className="h-8 w-44" />;

  const released = new Map((view?.channels ?? []).filter((c) => c.architecture === architecture || c.architecture === 'all').map((c) => [fullChannel(c.channel) ?? c.channel, c]));
  const tracks = [...new Set([channel.track, ...[...released.keys()].map((key) => key.split('/')[0]!)])].sort(byTrack);
  const risk = channel.risk ?? 'stable';
  const at = (track: string, of: Risk) => released.get(`${track}/${of}`);
  const toTrack = (track: string) => {
    const open = at(track, risk) ? risk : (RISKS.find((each) => at(track, each)) ?? risk);
    onChange(`${track}/${open}`);
  };
  return (
    <span className="flex flex-wrap items-center gap-1.5">
      <Select {...control} small mono className="w-26" disabled={disabled} aria-label={`Track of ${snap}`} value={channel.track} onChange={(event) => toTrack(event.target.value)}>
        {tracks.map((track) => (
          <option key={track}>{track}</option>
        ))}
      </Select>
      <Select {...control} small className="w-44" disabled={disabled} aria-label={`Risk of ${snap}`} value={risk} onChange={(event) => onChange(formatChannel({ ...channel, branch: undefined, risk: event.target.value as Risk }))}>
        {RISKS.map((each) => {
          const release = at(channel.track!, each);
          return (
            <option key={each} value={each}>
              {each}
              {release ? ` · ${release.version}` : released.size > 0 ? ' · nothing' : ''}
            </option>
          );
        })}
      </Select>
      {channel.branch && <span className="font-mono text-sm text-muted">/{channel.branch}</span>}
    </span>
  );
}

/** latest first, then the newest number. */
function byTrack(a: string, b: string): number {
  if (a === 'latest' || b === 'latest') return a === b ? 0 : a === 'latest' ? -1 : 1;
  return b.localeCompare(a, 'en', { numeric: true });
}
