/** Who may see whom: the floors of the house, as data. A room of `lib`'s core sees itself and those before it. */
export const CORE_ROOMS = ['ground', 'assertion', 'snap', 'model', 'gadget', 'seed', 'image', 'build', 'evidence', 'api', 'keys', 'trust'] as const;
/** `env` and `log` are seen by every edge; the others do not see each other. */
export const EDGES = ['env', 'log', 'redact', 'session-cookie', 'snapstore', 'storage', 'tools'] as const;
const GROUND = ['bytes', 'crc32', 'errors', 'warnings', 'json', 'paths', 'access'];

export type Place = { floor: 'app' | 'workers' | 'components' | 'db' | 'prepare' | 'edge' | 'core' | 'e2e' | 'scripts' | 'outside'; room: string };

/** Where a file stands; `path` from the project's root. */
export function placeOf(path: string): Place {
  const [floor = '', second = ''] = path.split('/');
  if (floor === 'lib') {
    const room = second.replace(/\.tsx?$/, '');
    if (room === 'prepare') return { floor: 'prepare', room };
    if (GROUND.includes(room)) return { floor: 'core', room: 'ground' };
    if ((CORE_ROOMS as readonly string[]).includes(room)) return { floor: 'core', room };
    if ((EDGES as readonly string[]).includes(room)) return { floor: 'edge', room };
    return { floor: 'outside', room };
  }
  if (floor === 'app' || floor === 'workers' || floor === 'components' || floor === 'db' || floor === 'e2e' || floor === 'scripts') return { floor, room: second };
  return { floor: 'outside', room: '' };
}

/** Why a file may not import another of the project, as a sentence; undefined when it may. */
export function whyNotImport(from: Place, to: Place, toPath: string): string | undefined {
  const refuse = (law: string) => `${law}, not ${toPath}`;
  switch (from.floor) {
    case 'core':
      return to.floor === 'core' && CORE_ROOMS.indexOf(to.room as never) <= CORE_ROOMS.indexOf(from.room as never) ? undefined : refuse(`lib/${from.room} sees only the core rooms before it`);
    case 'edge':
      if (to.floor === 'core' || (to.floor === 'edge' && (to.room === from.room || to.room === 'env' || to.room === 'log' || (from.room === 'log' && to.room === 'redact')))) return undefined;
      return refuse('an edge of lib sees the core, lib/env and lib/log');
    case 'prepare':
      return to.floor === 'prepare' || to.floor === 'core' || to.floor === 'edge' ? undefined : refuse('lib/prepare sees the core and the edges of lib');
    case 'db':
      return to.floor === 'db' || to.floor === 'core' || to.room === 'env' ? undefined : refuse('db sees the core of lib and lib/env.ts');
    case 'components':
      return to.floor === 'components' || (to.floor === 'core' && to.room !== 'keys' && to.room !== 'trust') ? undefined : refuse('components see the core of lib without keys and trust');
    case 'app':
      return to.floor === 'app' || to.floor === 'components' || to.floor === 'db' || to.floor === 'core' || to.floor === 'edge' ? undefined : refuse('app sees components, db and lib');
    case 'workers':
      return to.floor === 'workers' || to.floor === 'db' || to.floor === 'prepare' || to.floor === 'core' || to.floor === 'edge' ? undefined : refuse('workers see db and lib');
    case 'e2e':
      return to.floor === 'e2e' || toPath === 'lib/paths' ? undefined : refuse('e2e sees lib/paths.ts');
    case 'scripts':
      if (from.room !== 'cli') return undefined;
      return (to.floor === 'scripts' && to.room === 'cli') || to.floor === 'prepare' || to.floor === 'core' || to.floor === 'edge' ? undefined : refuse('the command line sees lib, with no server and no database');
    default:
      return undefined;
  }
}

const WEB_FRAMEWORKS = /^(?:next|react|react-dom)(?:\/|$)/;

/** Why a file may not import a package, as a sentence; undefined when it may. */
export function whyNotPackage(from: Place, path: string, name: string): string | undefined {
  if (from.floor === 'core' && name.startsWith('node:') && !((from.room === 'keys' || from.room === 'trust') && name === 'node:crypto')) return `the core runs in browsers: only keys and trust see ${name}, and only node:crypto`;
  if ((from.floor === 'core' || from.floor === 'prepare' || from.floor === 'edge' || from.floor === 'db') && WEB_FRAMEWORKS.test(name)) return `${from.floor === 'db' ? 'db' : 'lib'} never sees ${name}`;
  if (from.floor === 'core' && /^(?:pg|drizzle-orm|pino|pg-boss|next-auth)(?:\/|$)/.test(name)) return `the core never sees ${name}`;
  if (from.floor === 'workers' && WEB_FRAMEWORKS.test(name) && !(path === 'workers/web.ts' && name === 'next')) return `only workers/web.ts sees next, and no worker sees ${name}`;
  if (from.floor === 'scripts' && from.room === 'cli' && !name.startsWith('node:')) return `the command line sees Node and the core, not ${name}`;
  if (from.floor === 'components' && (name.startsWith('node:') || /^(?:pg|drizzle-orm|pino|pg-boss|next-auth)(?:\/|$)/.test(name))) return `components run in browsers: never ${name}`;
  return undefined;
}

/** What the core may not touch: it is told the time, and given its bytes. */
export const CORE_FORBIDDEN: [RegExp, string][] = [
  [/\bBuffer\b/, 'Uint8Array, not Buffer'],
  [/\bDate\.now\(|\bnew Date\(\)/, 'the time is an argument'],
  [/\bMath\.random\(/, 'chance is an argument'],
  [/(?<![.\w])set(?:Timeout|Interval)\(/, 'no clock'],
];
