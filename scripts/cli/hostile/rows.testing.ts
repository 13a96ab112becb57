/** A test of another room, by its file and a piece of its name. */
export type Elsewhere = { file: string; name: string };
export type Row = { row: number; hazard: string; /** What refuses it; none where nothing is refused and something else has to hold. */ codes: string[]; elsewhere: Elsewhere[] };

const at = (file: string, name: string): Elsewhere => ({ file, name });

/** What can be wrong with what a tenant hands over, row by row, with the code that each ends with and the tests that stand in the room that it is about. What has none here is built in hostile.test.ts. */
export const ROWS: Row[] = [
  { row: 1, hazard: 'an image of the gadget is a path of this machine', codes: ['gadget-path-escape'], elsewhere: [] },
  { row: 2, hazard: 'a target leads out of the image', codes: ['gadget-path-escape'], elsewhere: [] },
  { row: 3, hazard: 'a source leads out of the gadget', codes: ['gadget-path-escape'], elsewhere: [] },
  { row: 4, hazard: 'a symbolic link leads to files of this machine', codes: ['gadget-symlink', 'snap-file-missing'], elsewhere: [at('lib/tools/squashfs.test.ts', 'are regular ones, with no link on the way')] },
  { row: 5, hazard: 'devices, pipes, setuid files', codes: ['gadget-special-file'], elsewhere: [] },
  { row: 6, hazard: 'a small snap that unpacks to more than any disk', codes: ['squashfs-too-big', 'snap-file-too-big'], elsewhere: [at('lib/tools/squashfs.test.ts', 'may be 600 MiB in a snap of a few kilobytes'), at('lib/gadget/content.test.ts', 'is counted for all structures together')] },
  {
    row: 7,
    hazard: 'a snap that breaks the tool that reads it',
    codes: ['squashfs-invalid'],
    elsewhere: [at('lib/tools/run.test.ts', 'ends when its time is over'), at('lib/tools/run.test.ts', 'gets little memory, few processes, few open files'), at('lib/tools/run.test.ts', 'nobody is called, not even on this machine'), at('lib/tools/sandbox.test.ts', 'no tool is run where the system forbids it its namespaces'), at('lib/tools/squashfs.test.ts', 'with any bytes broken')],
  },
  { row: 8, hazard: 'names that a tool takes for options, patterns, drives or more names', codes: ['squashfs-name-invalid', 'fat-name'], elsewhere: [at('lib/tools/squashfs.test.ts', 'is read by its exact name')] },
  { row: 9, hazard: 'names that a script would run', codes: ['gadget-name-invalid'], elsewhere: [] },
  { row: 10, hazard: 'names that FAT cannot hold, or takes for one', codes: ['fat-name'], elsewhere: [at('lib/image/fat32.test.ts', 'may not differ from another only in case, in any folder')] },
  { row: 11, hazard: 'numbers that overflow, wrap or never end', codes: ['gadget-size-invalid', 'gadget-offset-invalid', 'gadget-offset-write-invalid', 'gadget-too-big', 'image-size-invalid'], elsewhere: [] },
  { row: 12, hazard: 'YAML that grows, nests or poisons', codes: ['gadget-yaml-syntax', 'yaml-invalid'], elsewhere: [at('lib/snap/yaml.test.ts', 'is refused where it nests deeper than 32 levels')] },
  { row: 13, hazard: 'assertions without end', codes: ['assertions-too-many', 'file-too-big', 'assertion-too-large'], elsewhere: [at('lib/assertion/decode.test.ts', 'has 128 KiB for headers, 2 MiB for a body and 128 KiB for a signature')] },
  {
    row: 14,
    hazard: 'a store that leads into the own network',
    codes: ['store-origin'],
    elsewhere: [at('lib/snapstore/origins.test.ts', 'refuses a name that leads to this machine'), at('lib/snapstore/transport.test.ts', 'never lead to a server that is not allowed'), at('lib/snapstore/transport.test.ts', 'are followed three times and no more'), at('lib/snapstore/download.test.ts', 'meets an address that the configuration does not name'), at('lib/snapstore/download.test.ts', 'never takes more bytes than were announced')],
  },
  { row: 15, hazard: 'credentials in logs, errors and requests to others', codes: [], elsewhere: [at('lib/redact.test.ts', 'shows no secret of the environment, wherever it stands'), at('lib/log.test.ts', 'has no cookies, credentials, tokens or secrets'), at('lib/snapstore/transport.test.ts', 'carry neither credentials nor device to another origin'), at('lib/snapstore/credentials.test.ts', 'reads a macaroon with its discharges')] },
  { row: 16, hazard: "another tenant's files in the cache", codes: ['snap-unknown'], elsewhere: [at('lib/prepare/store-source.test.ts', 'is not had by its digest'), at('lib/snapstore/download.test.ts', 'is thrown away when it is no longer what it was'), at('db/builds.test.ts', 'finds a file by its name, and no other')] },
  { row: 17, hazard: 'a snap that changes after it was verified', codes: ['snap-changed'], elsewhere: [at('scripts/cli/image-verify.test.ts', 'is found wherever something is signed')] },
  { row: 18, hazard: 'secrets in an image', codes: ['model-grade-forbids-system-user', 'system-user-password'], elsewhere: [at('db/shares.test.ts', 'unknown, expired and revoked links and wrong tokens answer alike')] },
  { row: 19, hazard: 'what this machine knows, in an image', codes: [], elsewhere: [] },
  {
    row: 20,
    hazard: 'a full disk, and what stopped builds leave',
    codes: ['disk-full'],
    elsewhere: [at('workers/build/failures.test.ts', 'a disk that cannot hold the image fails the build before anything is fetched'), at('workers/build/cancel.test.ts', 'what a cancelled build had stored already is handed over to be removed'), at('lib/snapstore/download.test.ts', 'that cannot hold a snap is told before the first byte'), at('lib/snapstore/download.test.ts', 'is cleaned away: of a dead process'), at('lib/storage/local-store.test.ts', 'clears away what killed writers left'), at('scripts/cli/out-folder.test.ts', 'is empty again when the work fails')],
  },
  { row: 21, hazard: 'signatures that nobody verified', codes: ['model-signature', 'snap-signature'], elsewhere: [at('lib/prepare/prepare-image.test.ts', 'a model that nobody trusted signed'), at('lib/prepare/prepare-image.test.ts', 'takes channels, extras, components and files that nobody vouches for'), at('workers/build/failures.test.ts', 'fails when nobody signed its bytes')] },
  { row: 22, hazard: 'a look-alike of another publisher', codes: ['snap-publisher'], elsewhere: [] },
];
