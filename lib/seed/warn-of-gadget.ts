import type { Gadget } from '../gadget/gadget';
import { WELL_KNOWN_SNAP_IDS } from '../snap/names';
import type { Warning } from '../warnings';

type Seeded = { name: string; snapId: string | undefined; info: { hasUserDaemons: boolean } };
type Wishes = Pick<Gadget, 'systemDefaults' | 'connections' | 'defaultsOf'>;

/** Snaps that may have user daemons anyway (snapd overlord/snapstate/snapstate.go, userDaemonsOverrides). */
const MAY_HAVE_USER_DAEMONS = [
  'EI0D1KHjP8XiwMZKqSjuh6W8zvcowUVP',
  'IrwRHakqtzhFRHJOOPxKVPU0Kk7Erhcu',
  'aoc5lfC8aUd2VL8VpvynUJJhGXp5K6Dj',
  'gjf3IPXoRiipCu9K0kVu52f0H56fIksg',
  'ltw2m6EZ9UVOiglLDFP4blLwLO92hNhu',
];

/** What the gadget asks for in vain, and what the snaps need of it and it does not say. `listed`: ids in the model. */
export function warnOfGadget(gadget: Wishes, snaps: readonly Seeded[], listed: readonly string[]): Warning[] {
  const known = new Set([
    ...listed,
    ...snaps.map(({ snapId }) => snapId ?? ''),
    WELL_KNOWN_SNAP_IDS.get('core')!,
    'system',
  ]);
  const isUnknown = (id: string): boolean => !known.has(id);
  return [
    ...warnOfUserDaemons(gadget, snaps),
    ...gadget.connections.flatMap(({ plug, slot }): Warning[] => {
      const missing = [plug, slot].map((end) => end.split(':')[0]!).filter(isUnknown);
      if (missing.length === 0) return [];
      const message =
        `The gadget connects ${plug} to ${slot}, and no snap of the image has the id ` +
        `${missing.join(' or ')}: devices ignore the connection.`;
      return [{ code: 'gadget-connection-ignored', message }];
    }),
    ...gadget.defaultsOf.filter(isUnknown).map((id): Warning => {
      const message = `The gadget has defaults for the snap id ${id}, and no snap of the image has it.`;
      return { code: 'gadget-defaults-ignored', message };
    }),
  ];
}

/** snapd installs such snaps where the option is set, as the gadget may before anything is seeded. */
function warnOfUserDaemons({ systemDefaults }: Wishes, snaps: readonly Seeded[]): Warning[] {
  if (systemDefaults?.get('experimental.user-daemons')?.text === 'true') return [];
  const refused = snaps.filter(
    ({ snapId, info }) => info.hasUserDaemons && !MAY_HAVE_USER_DAEMONS.includes(snapId ?? ''),
  );
  if (refused.length === 0) return [];
  const names = refused.map(({ name }) => name).join(', ');
  const message =
    `Devices refuse ${names}: there are user daemons in it (daemon-scope: user), and the gadget does not ` +
    'set experimental.user-daemons to true in its defaults. The first start of the device never finishes.';
  return [{ code: 'user-daemons-disabled', message }];
}
