import type { Problem } from './errors';

/** What each warning of an image means, by its stable code. A test holds docs/cli.md to it. */
export const WARNINGS = {
  'assertion-format-newer': 'an assertion to seed has a format that the seeded snapd or kernel cannot read',
  'assumes-unmet': 'a snap assumes what the seeded snapd does not have, so the device never finishes seeding',
  'cmdline-append-ignored':
    'kernel arguments of the gadget’s defaults are for grade dangerous and are left out',
  'cmdline-append-refused': 'devices refuse what the gadget’s defaults append to the kernel’s arguments',
  'cmdline-backslash': 'the kernel command line has a backslash, so encrypted disks stay locked',
  'cmdline-files-ignored':
    'the gadget has `cmdline.extra` or `cmdline.full` beside `kernel-cmdline`, which is used instead',
  'cmdline-unreadable': 'snapd cannot read the kernel command line, so devices cannot install themselves',
  'component-left-out': 'a component is asked for by name, and its snap is given as a file',
  'core-added': 'a snap needs core, which the model does not list; it is added',
  'gadget-connection-ignored': 'the gadget connects a snap that is not in the image',
  'gadget-defaults-ignored': 'the gadget has defaults for a snap that is not in the image',
  'kernel-compression': 'GRUB, or GRUB before 2.12, cannot read the kernel snap as it is compressed',
  'kernel-file-missing': 'the kernel snap lacks a file that the boot loader needs to start it',
  'kernel-snapd-mismatch': 'the kernel was made with an older snapd, and the mismatch is allowed',
  'mbr-too-many': 'an MBR has 4 entries, and the device needs more',
  'provider-ambiguous': 'another snap than the default provider offers the same content',
  'snap-unasserted': 'no assertion speaks of a snap, so devices never refresh it',
  'system-save-missing': 'the model asks for encrypted storage, and the gadget has no system-save structure',
  'system-user-ignored': 'a system-user does not fit the model, so devices ignore it',
  'system-user-untimely': 'a system-user is not valid yet, or not any more',
  'system-user-without-key': 'a system-user has neither an SSH key nor a password, so nobody can sign in',
  'system-username-refused': 'a snap wants a system user that the seeded snapd does not give it',
  'timestamp-ahead': 'a timestamp is ahead of the clock, and devices set theirs to it',
  'user-daemons-disabled':
    'a snap has user daemons, and the gadget does not allow them, so devices refuse it',
  'users-lockout-later': '`users.lockout` of the gadget takes effect when the device is seeded, not before',
  other: 'a warning of a build from before warnings had codes',
} satisfies Record<string, string>;

export type WarningCode = keyof typeof WARNINGS;
export const WARNING_CODES = Object.keys(WARNINGS) as [WarningCode, ...WarningCode[]];

/** What does not keep an image from being made, and a device may stumble over. */
export type Warning = { code: WarningCode; message: string };

/** A problem of an image that is to be made: an error keeps it from being made, a warning comes with it. */
export type Finding = Problem & ({ severity?: 'error' } | { severity: 'warning'; code: WarningCode });

export const errorsOf = (findings: readonly Finding[]): Problem[] =>
  findings.filter(({ severity }) => severity !== 'warning');

export const warningsOf = (findings: readonly Finding[]): Warning[] =>
  findings.flatMap((f) => (f.severity === 'warning' ? [{ code: f.code, message: f.message }] : []));

/** Of how an image was put together: nothing to whoever flashes it. */
const FOR_THE_BRAND: readonly WarningCode[] = [
  'cmdline-append-ignored',
  'cmdline-files-ignored',
  'component-left-out',
  'core-added',
  'gadget-connection-ignored',
  'gadget-defaults-ignored',
  'users-lockout-later',
];

/** Whether it matters to whoever flashes the image, and not only to the brand that builds it. */
export const isForFlashing = ({ code }: Pick<Warning, 'code'>): boolean => !FOR_THE_BRAND.includes(code);

/** What depends on when the image is made, and not only on what it is made of. */
const BY_THE_CLOCK: readonly WarningCode[] = ['system-user-untimely', 'timestamp-ahead'];

export const isTimeless = ({ code }: Pick<Warning, 'code'>): boolean => !BY_THE_CLOCK.includes(code);
