import type { PgDatabase } from 'drizzle-orm/pg-core';
import type { NodePgQueryResultHKT } from 'drizzle-orm/node-postgres';
import type { Role, Scope } from '@/lib/access';
import type { SignerConfig } from '@/lib/api/keys';
import type { Signer } from '@/lib/keys/signer';

/** The database, or a transaction of it. */
export type Database = PgDatabase<NodePgQueryResultHKT>;

export type Brand = { id: string; slug: string; name: string; accountId: string };

/** Who asks, from where: what the audit log says about a change. */
export type Actor = { userId: string; name: string; email: string | null; address: string; requestId: string; /** The API token that acts for the person. */ token?: { id: string; name: string; scopes: readonly Scope[] } };

/** Reaches the key of that label in a PKCS#11 token. Throws AppError when the token does not answer or has no such key. */
export type OpenSigner = (config: SignerConfig, label: string) => Promise<Signer>;

/** What every verb is called with: the brand it is about, and the role that the actor has there. Without `openSigner` keys in tokens cannot be used. */
export type Ctx = { brand: Brand; role: Role; actor: Actor; db: Database; openSigner?: OpenSigner };
