import { unmetAssumes } from '../snap/assumes';
import { refusedUsernames, type SystemUsername } from '../snap/system-usernames';
import type { Warning } from '../warnings';

export type SnapToInstall = {
  name: string;
  snapId: string | undefined;
  info: { assumes: readonly string[]; systemUsernames: readonly SystemUsername[] };
};

/** `VERSION` of the snapd that seeds the device, and the model's architecture. */
export type Seeding = { snapdVersion: string; architecture: string };

/**
 * The seeded snaps that their own snapd will not install, so that the device's first start never finishes (snapd
 * overlord/snapstate/check_snap.go, validateInfoAndFlags). Preparing an image, snapd does not look.
 */
export const warnOfSnapd = (snaps: readonly SnapToInstall[], seeding: Seeding): Warning[] =>
  snaps.flatMap((snap) => [...warnOfAssumes(snap, seeding), ...warnOfUsernames(snap, seeding)]);

const NEVER = 'it refuses the snap, and the first start of the device never finishes';

function warnOfAssumes({ name, info }: SnapToInstall, seeding: Seeding): Warning[] {
  const unmet = unmetAssumes(info.assumes, seeding);
  if (unmet.length === 0) return [];
  const message =
    `The snap ${name} assumes ${unmet.map(short).join(', ')}, which the snapd of this image, ` +
    `${short(seeding.snapdVersion)}, does not have: ${NEVER}. ` +
    `Take a newer snapd, or another revision of ${name}.`;
  return [{ code: 'assumes-unmet', message }];
}

function warnOfUsernames({ name, snapId, info }: SnapToInstall, { snapdVersion }: Seeding): Warning[] {
  const refused = refusedUsernames(info.systemUsernames, { snapdVersion, snapId });
  if (refused.length === 0) return [];
  const words = refused.map((user) => `${short(user.name)} (scope ${short(user.scope)})`).join(', ');
  const message =
    `The snap ${name} wants the system user ${words}, which the snapd of this image, ` +
    `${short(snapdVersion)}, does not give it: ${NEVER}. Take another revision of ${name}, or a newer snapd.`;
  return [{ code: 'system-username-refused', message }];
}

const short = (text: string): string => text.slice(0, 80);
