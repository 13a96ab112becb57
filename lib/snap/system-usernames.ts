import { isAtLeast } from './snapd-version';

/** `system-usernames` of snap.yaml: who a snap wants to run as. */
export type SystemUsername = { name: string; scope: string };

type Known = {
  since: string;
  /** Ids of the snaps that may have it; undefined for any. */ snapIds?: readonly string[];
};

/** What snapd makes for a snap, and the version that first does (snapd snap/system_usernames.go). */
const KNOWN = new Map<string, Known>([
  ['snap_daemon', { since: '2.41' }],
  ['snap_microk8s', { since: '2.52', snapIds: ['EaXqgt1lyCaxKaQCU349mlodBkDCXRcg'] }],
  ['snap_aziotedge', { since: '2.58', snapIds: ['8neFt3wtSaWGgIbEepgIJcEZ3fnz7Lwt'] }],
  ['snap_aziotdu', { since: '2.58', snapIds: ['KzF67Mv8CeQBdUdrGaKU2sZVEiICWBg1'] }],
  ['_daemon_', { since: '2.61' }],
]);

/** Those that the snapd of that version refuses the snap for (snapd overlord/snapstate/check_snap.go). */
export function refusedUsernames(
  users: readonly SystemUsername[],
  { snapdVersion, snapId }: { snapdVersion: string; snapId: string | undefined },
): SystemUsername[] {
  return users.filter(({ name, scope }) => {
    const known = KNOWN.get(name);
    if (known === undefined || scope !== 'shared' || !isAtLeast(snapdVersion, known.since)) return true;
    return snapId !== undefined && known.snapIds?.includes(snapId) === false;
  });
}
