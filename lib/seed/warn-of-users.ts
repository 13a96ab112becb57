import type { Assertion } from '../assertion/assertion';
import { parseTime } from '../assertion/scalars';
import type { Model } from '../model/model';
import type { Warning } from '../warnings';

type TakingModel = Pick<Model, 'brandId' | 'name' | 'series' | 'systemUserAuthority'>;

/** What is in /etc/passwd of every base (Debian's base-passwd): a device leaves users alone that it has. */
const SYSTEM_NAMES = [
  ...['root', 'daemon', 'bin', 'sys', 'sync', 'games', 'man', 'lp', 'mail', 'news', 'uucp', 'proxy'],
  ...['www-data', 'backup', 'list', 'irc', 'gnats', 'nobody'],
];

/**
 * The system-users among what is seeded that no device of the model will make, or that nobody can sign in as
 * (snapd overlord/devicestate/users.go, getUserDetailsFromAssertion). `now` is in nanoseconds since 1970.
 */
export function warnOfUsers(assertions: readonly Assertion[], model: TakingModel, now: bigint): Warning[] {
  const users = assertions.filter(({ type }) => type === 'system-user');
  return users.flatMap((user, i): Warning[] => {
    const ignored = whyIgnored(user, model) ?? whyTaken(user, users.slice(0, i));
    if (ignored !== undefined) return [warning('system-user-ignored', user, ignored)];
    const untimely = whyUntimely(user, now);
    if (untimely !== undefined) return [warning('system-user-untimely', user, untimely)];
    return canSignIn(user) ? [] : [LOCKED_OUT(user)];
  });
}

const headerOf = ({ headers }: Assertion, name: string): string => String(headers[name] ?? '');
const listOf = ({ headers }: Assertion, name: string): string[] => {
  const value = headers[name];
  return Array.isArray(value) ? value.map(String) : [];
};

function whyIgnored(
  user: Assertion,
  { brandId, name, series, systemUserAuthority: authorities }: TakingModel,
) {
  const [authority, models, all] = [
    headerOf(user, 'authority-id'),
    listOf(user, 'models'),
    listOf(user, 'series'),
  ];
  if (headerOf(user, 'brand-id') !== brandId) {
    return `it is of the brand ${shown(headerOf(user, 'brand-id'))}, and the model of ${brandId}`;
  }
  if (authorities !== '*' && !authorities.includes(authority)) {
    return `it is signed by ${shown(authority)}, and the model takes users of ${authorities.join(', ')} only`;
  }
  if (all.length > 0 && !all.includes(series))
    return `it is for series ${shown(all.join(', '))}, not for ${series}`;
  if (models.length > 0 && !models.includes(name))
    return `it is for the model ${shown(models.join(', '))}, not for ${name}`;
  return undefined;
}

function whyTaken(user: Assertion, before: readonly Assertion[]): string | undefined {
  const username = headerOf(user, 'username');
  if (SYSTEM_NAMES.includes(username)) return `every device has a user ${username} already`;
  const other = before.find((each) => headerOf(each, 'username') === username);
  return other && `its username ${shown(username)} is that of ${shown(headerOf(other, 'email'))} too`;
}

function whyUntimely(user: Assertion, now: bigint): string | undefined {
  const [since, until] = [headerOf(user, 'since'), headerOf(user, 'until')];
  if (now >= (parseTime(until) ?? now)) return `it was valid until ${until}`;
  return now < (parseTime(since) ?? now) ? `it is valid only from ${since}` : undefined;
}

const canSignIn = (user: Assertion): boolean =>
  headerOf(user, 'password') !== '' || listOf(user, 'ssh-keys').some((key) => key.trim() !== '');

const shown = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

const warning = (
  code: 'system-user-ignored' | 'system-user-untimely',
  user: Assertion,
  why: string,
): Warning => ({
  code,
  message:
    `Devices ignore the system-user ${shown(headerOf(user, 'email'))}: ${why}. ` +
    'Nobody can sign in with it; sign one that fits.',
});

const LOCKED_OUT = (user: Assertion): Warning => ({
  code: 'system-user-without-key',
  message:
    `The system-user ${shown(headerOf(user, 'email'))} has neither an SSH key nor a password: ` +
    'devices make the user, and nobody can sign in.',
});
