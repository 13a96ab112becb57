import { compareBytes } from '../bytes';
import type { ContentPlug } from '../snap/snap-yaml';
import type { Finding } from '../warnings';
import type { SnapToCheck } from './check-seed';
import { howToHave } from './how-to-have';

/** What there is for the snaps of one mode. */
type Around = { mode: string; snaps: readonly SnapToCheck[]; howToHave: (name: string) => string };
/** `lack` is the same in each mode. */
type Lacking = { lack: string; finding: Finding };

/**
 * Each mode for itself: what a snap needs must be there in the modes it runs in (snapd snap/validate.go,
 * SelfContainedSetPrereqTracker). A named mode has the ephemeral snaps too. `optional`: names in the model.
 */
export function checkContents(snaps: readonly SnapToCheck[], optional: readonly string[]): Finding[] {
  const modes = new Set(['run', 'ephemeral', ...snaps.flatMap((s) => s.modes).sort(compareBytes)]);
  const seeded = snaps.map(({ name }) => name);
  const found = [...modes].flatMap((mode) => {
    const has = (s: SnapToCheck) =>
      s.modes.includes(mode) || (mode !== 'run' && s.modes.includes('ephemeral'));
    const how = (name: string) => howToHave(name, mode, { optional, seeded });
    const around: Around = { mode, snaps: snaps.filter(has), howToHave: how };
    return snaps.filter((s) => s.modes.includes(mode)).flatMap((snap) => lacksOf(snap, around));
  });
  return [...new Map(found.map(({ lack, finding }) => [lack, finding])).values()];
}

const lacksOf = (snap: SnapToCheck, around: Around): Lacking[] =>
  [
    checkBase(snap, around),
    ...snap.info.contentPlugs.map((plug) => checkProvider(snap.name, plug, around)),
  ].filter((lacking) => lacking !== undefined);

function checkBase(
  { name, info }: SnapToCheck,
  { mode, snaps, howToHave: how }: Around,
): Lacking | undefined {
  const needed = info.base ?? (info.type === 'app' || info.type === 'gadget' ? 'core' : 'none');
  if (needed === 'none' || snaps.some((s) => s.name === needed)) return undefined;
  const what = `The snap ${name} needs the base ${needed}, which is not among the snaps in ${mode} mode`;
  return lacking(name, { code: 'base-missing', message: `${what}. ${how(needed)}` }, needed);
}

function checkProvider(name: string, plug: ContentPlug, around: Around): Lacking | undefined {
  const { content, defaultProvider: provider } = plug;
  if (provider === undefined) return undefined;
  if (content === '') return lacking(name, byLabel(name, provider), provider);
  const { mode, snaps } = around;
  const takes = `The snap ${name} takes content "${content}" from ${provider}`;
  const owners = snaps.flatMap((s) =>
    s.info.contentSlots.filter((slot) => slot.content === content).map(() => s.name),
  );
  if (owners.length === 1 && owners[0] === provider) return undefined;
  if (owners.length > 0) {
    const who = `${[...new Set(owners)].join(', ')} offer${owners.length === 1 ? 's' : ''} it`;
    const may = 'without a connection in the gadget or the store it may stay unconnected';
    const message = `${takes}, and ${who} in ${mode} mode: ${may}.`;
    return lacking(name, { code: 'provider-ambiguous', severity: 'warning', message }, content);
  }
  if (!snaps.some((s) => s.name === provider)) {
    const message = `${takes}, which is not among the snaps in ${mode} mode. ${around.howToHave(provider)}`;
    return lacking(name, { code: 'provider-missing', message }, content);
  }
  const message =
    `${takes}, and ${provider} is there but offers no content "${content}". ` +
    `Take a revision of ${provider} that offers it, or of ${name} that does not ask for it.`;
  return lacking(name, { code: 'provider-without-slot', message }, content);
}

const byLabel = (name: string, provider: string) => ({
  code: 'provider-missing',
  message:
    `The snap ${name} takes content from ${provider} by a compatibility label, which snapd does not look up ` +
    'when it prepares an image: it refuses the snap. Name the content in the snap, or leave out its ' +
    'default-provider.',
});

type Told = Omit<Extract<Finding, { severity: 'warning' }>, 'path'> | { code: string; message: string };

function lacking(name: string, told: Told, what: string): Lacking {
  return { lack: [name, told.code, what].join(), finding: { path: `snaps.${name}`, ...told } };
}
