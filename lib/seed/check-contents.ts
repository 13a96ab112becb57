import { compareBytes } from '../bytes';
import type { Finding } from '../warnings';
import type { SnapToCheck } from './check-seed';

/** Each mode for itself: what a snap needs must be there in the modes it runs in (snapd snap/validate.go). A named mode has the ephemeral snaps too. */
export function checkContents(snaps: readonly SnapToCheck[]): Finding[] {
  const named = [...new Set(snaps.flatMap((s) => s.modes))].filter((m) => m !== 'run' && m !== 'ephemeral').sort(compareBytes);
  const problems = ['run', 'ephemeral', ...named].flatMap((mode) => {
    const inMode = snaps.filter((s) => s.modes.includes(mode));
    const around = mode === 'run' ? inMode : snaps.filter((s) => s.modes.includes(mode) || s.modes.includes('ephemeral'));
    return inMode.flatMap((snap) => [...checkBase(snap, around, mode), ...checkProviders(snap, around, mode)]);
  });
  // A snap of several modes lacks the same thing in each: said once.
  return problems.filter((p, i) => problems.findIndex((q) => q.path === p.path && q.code === p.code && sameButMode(p, q)) === i);
}

const sameButMode = (a: Finding, b: Finding): boolean => a.message.replace(/ in (?:the )?\S+ mode/, '') === b.message.replace(/ in (?:the )?\S+ mode/, '');

function checkBase({ name, info }: SnapToCheck, around: readonly SnapToCheck[], mode: string): Finding[] {
  const needed = info.base ?? (info.type === 'app' || info.type === 'gadget' ? 'core' : 'none');
  if (needed === 'none' || around.some((s) => s.name === needed)) return [];
  return [{ path: `snaps.${name}`, code: 'base-missing', message: `The snap ${name} needs the base ${needed}, which is not among the snaps in ${mode} mode. Add ${needed} to the model.` }];
}

function checkProviders({ name, info }: SnapToCheck, around: readonly SnapToCheck[], mode: string): Finding[] {
  return info.contentPlugs.flatMap((plug): Finding[] => {
    if (plug.defaultProvider === undefined) return [];
    const owners = around.flatMap((s) => s.info.contentSlots.filter((slot) => slot.content !== '' && slot.content === plug.content).map(() => s.name));
    const path = `snaps.${name}`;
    if (plug.content === '') return [{ path, code: 'provider-missing', message: `The snap ${name} takes content from ${plug.defaultProvider} by a compatibility label, which snapd does not look up when it prepares an image: it refuses the snap. Name the content in the snap, or leave out its default-provider.` }];
    if (owners.length === 0) return [{ path, code: 'provider-missing', message: `The snap ${name} takes content "${plug.content}" from ${plug.defaultProvider}, which is not among the snaps in ${mode} mode. Add ${plug.defaultProvider} to the model.` }];
    if (owners.length === 1 && owners[0] === plug.defaultProvider) return [];
    const others = [...new Set(owners)].join(', ');
    return [{ path, code: 'provider-ambiguous', severity: 'warning', message: `The snap ${name} takes content "${plug.content}" from ${plug.defaultProvider}, and ${others} offer${owners.length === 1 ? 's' : ''} it in ${mode} mode: without a connection in the gadget or the store it may stay unconnected.` }];
  });
}
