/** Who may do what: the one table that pages, routes and verbs read. */
export const ROLES = ['owner', 'signer', 'editor', 'builder', 'viewer', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

export const VERBS = [
  'brand.read',
  'key.create',
  'key.register',
  'key.retire',
  'key.backup',
  'model.edit',
  'model.sign',
  'build.request',
  'build.cancel',
  'artifact.download',
  'artifact.delete',
  'artifact.keep',
  'retention.set',
  'share.create',
  'share.revoke',
  'team.read',
  'audit.read',
  'token.create',
  'token.revoke',
] as const;
export type Verb = (typeof VERBS)[number];

const everyone = ROLES;

export const ACCESS: Record<Verb, readonly Role[]> = {
  'brand.read': everyone,
  'key.create': ['owner', 'signer'],
  'key.register': ['owner', 'signer'],
  'key.retire': ['owner', 'signer'],
  'key.backup': ['owner'],
  'model.edit': ['owner', 'signer', 'editor'],
  'model.sign': ['owner', 'signer'],
  'build.request': ['owner', 'signer', 'editor', 'builder'],
  'build.cancel': ['owner', 'signer', 'editor', 'builder'],
  'artifact.download': ['owner', 'signer', 'editor', 'builder', 'viewer'],
  'artifact.delete': ['owner', 'builder'],
  'artifact.keep': ['owner', 'builder'],
  'retention.set': ['owner'],
  'share.create': ['owner', 'builder'],
  'share.revoke': ['owner', 'builder'],
  'team.read': everyone,
  'audit.read': ['owner', 'auditor'],
  'token.create': everyone,
  'token.revoke': everyone,
};

export const can = (role: Role, verb: Verb): boolean => ACCESS[verb].includes(role);

/** What an API token may be limited to. A token never does more than its person: no scope makes tokens, and none exports keys. */
export const SCOPES = ['read', 'edit', 'sign', 'build', 'share'] as const;
export type Scope = (typeof SCOPES)[number];

export const SCOPE_VERBS: Record<Scope, readonly Verb[]> = {
  read: ['brand.read', 'artifact.download', 'team.read', 'audit.read'],
  edit: ['brand.read', 'model.edit'],
  sign: ['brand.read', 'model.sign'],
  build: ['brand.read', 'build.request', 'build.cancel', 'artifact.download', 'artifact.keep'],
  share: ['brand.read', 'share.create', 'share.revoke'],
};

export const SCOPE_WORDS: Record<Scope, string> = {
  read: 'Look and download',
  edit: 'Edit models',
  sign: 'Sign with the brand’s keys',
  build: 'Request, cancel and keep builds',
  share: 'Create and revoke links',
};

const WORDS: Record<Verb, string> = {
  'brand.read': 'see this brand',
  'key.create': 'create keys',
  'key.register': 'register keys',
  'key.retire': 'retire keys',
  'key.backup': 'back up keys',
  'model.edit': 'edit models',
  'model.sign': 'sign models',
  'build.request': 'build images',
  'build.cancel': 'cancel builds',
  'artifact.download': 'download images',
  'artifact.delete': 'delete images',
  'artifact.keep': 'say which images are kept longer',
  'retention.set': 'set how long images are kept',
  'share.create': 'create links',
  'share.revoke': 'revoke links',
  'team.read': 'see the team',
  'audit.read': 'read the audit log',
  'token.create': 'create API tokens',
  'token.revoke': 'revoke API tokens',
};

/** Why the role may not, as a sentence for the disabled control and for the refusal; undefined when it may. */
export function whyNot(role: Role, verb: Verb): string | undefined {
  if (can(role, verb)) return undefined;
  const allowed = ACCESS[verb];
  const list = allowed.length > 1 ? `${allowed.slice(0, -1).join(', ')} or ${allowed.at(-1)}` : allowed[0];
  return `Your role is ${role}. To ${WORDS[verb]} one needs to be ${list}.`;
}

const grants = (scope: Scope, verb: Verb): boolean => SCOPE_VERBS[scope].includes(verb);

/** Why a token of these scopes may not, as a sentence; undefined when it may, as far as its person does. */
export function whyNotToken(token: { name: string; scopes: readonly Scope[] }, verb: Verb): string | undefined {
  if (token.scopes.some((scope) => grants(scope, verb))) return undefined;
  const needed = SCOPES.filter((scope) => grants(scope, verb));
  if (needed.length === 0) return `No API token may ${WORDS[verb]}. Sign in to the console to do that.`;
  return `The API token ${token.name} may not ${WORDS[verb]}: that needs the scope ${needed.join(' or ')}, and it has ${token.scopes.join(', ')}.`;
}

/** Why somebody of this role cannot give a token the scope: it would allow nothing. Undefined when they can. */
export function whyNotScope(role: Role, scope: Scope): string | undefined {
  const verbs = scope === 'read' ? SCOPE_VERBS.read : SCOPE_VERBS[scope].filter((verb) => !grants('read', verb));
  return verbs.some((verb) => can(role, verb)) ? undefined : whyNot(role, verbs[0]!);
}

export const ROLE_WORDS: Record<Role, string> = {
  owner: 'Everything in the brand',
  signer: 'Keys, models, signatures and builds',
  editor: 'Models and builds, no signatures',
  builder: 'Builds, images and links',
  viewer: 'Looks and downloads',
  auditor: 'Looks, and reads the audit log',
};
