'use client';

import Link from 'next/link';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Replace } from 'lucide-react';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { NonProduction } from '../non-production';
import { CodeBlock } from '../ui/code-block';
import { Fact, Facts } from '../ui/definition-list';
import { Digest } from '../ui/digest';
import { formatDay, plural } from '../ui/format';
import { LinkButton } from '../ui/link-button';
import { Notice } from '../ui/notice';
import { PageHeader, Section } from '../ui/page-header';
import { ExactTime, Time } from '../ui/time';
import { Custody } from './custody';
import { KeyBackup } from './key-backup';
import { KeyState } from './key-state';
import { KeySignatures, KeyUses } from './key-uses';
import { LifeLine } from './life-line';
import { Limits } from './limits';
import { keyQuery } from './queries';
import { RegisterButton } from './register-button';
import { LookAgain, Registration } from './registration';
import { RetireKey } from './retire-key';

export function KeyDetail({ name }: { name: string }) {
  const { slug } = useBrand();
  const { data: key } = useSuspenseQuery(keyQuery(slug, name));
  return (
    <>
      <PageHeader
        mono
        title={key.name}
        state={<KeyState state={key.state} size="md" />}
        actions={
          <>
            {key.state !== 'retired' && key.state !== 'draft' && (
              <LinkButton href={paths.rotateKey(slug, key.name)}>
                <Replace aria-hidden />
                Replace key
              </LinkButton>
            )}
            <RetireKey view={key} />
            <RegisterButton view={key} size="md" primary />
          </>
        }
      />
      <div className="mb-8 space-y-3 empty:hidden">
        <Registration view={key} />
        {key.state === 'expired' && (
          <Notice tone="warning" title="This key’s time is over">
            Devices refuse what it has signed, and what it would sign. <Link className="link" href={paths.rotateKey(slug, key.name)}>Replace it</Link> and sign your models again.
          </Notice>
        )}
        {key.state === 'expiring' && (
          <Notice tone="warning" title="This key’s time ends soon">
            It ends on {formatDay(key.until!)}, and everything that it has signed with it. <Link className="link" href={paths.rotateKey(slug, key.name)}>Replace it</Link> before that.
          </Notice>
        )}
        {key.successor && key.state !== 'retired' && (
          <Notice title={`It is being replaced by ${key.successor}`}>
            <Link className="link" href={paths.rotateKey(slug, key.name)}>
              Go on with that
            </Link>
          </Notice>
        )}
        {!key.production && key.registeredAt && <NonProduction what="key" />}
      </div>
      <Section title="Facts">
        <Facts>
          <Fact label="Key id">
            <Digest value={key.keyId} label="key id" />
          </Fact>
          <Fact label="Kind">RSA, {key.bits} bits</Fact>
          <Fact label="Private half">
            <Custody view={key} />
          </Fact>
          <Fact label="Made">
            <Time at={key.createdAt} /> by {key.createdBy.name}
          </Fact>
          <Fact label="Registered">{key.registeredAt ? <ExactTime at={key.registeredAt} /> : <span className="text-muted">not yet</span>}</Fact>
          <Fact label="Signatures">{plural(key.usedBy.signatures, 'signature')}</Fact>
          <Fact label="Last used">{key.lastUsedAt ? <Time at={key.lastUsedAt} /> : <span className="text-muted">never</span>}</Fact>
        </Facts>
      </Section>
      <Section title="Life">
        <div className="max-w-160">
          <LifeLine view={key} />
        </div>
      </Section>
      <Section title="Limits" description="What the store lets it sign. Imprint obeys before it signs." actions={key.registeredAt && key.state !== 'retired' && <LookAgain view={key} />}>
        {key.registeredAt ? <Limits constraints={key.constraints} /> : <p className="text-muted">The store sets them when the key is registered.</p>}
      </Section>
      {key.custody === 'sealed' && <KeyBackup view={key} />}
      <Section title="Signed models">
        <KeySignatures name={key.name} />
      </Section>
      <Section title="Log of uses" description="Every use of the private half. Rows are only ever added.">
        <KeyUses name={key.name} />
      </Section>
      <Section title="Public key" description="In the form that snapd’s account-key assertions carry. Safe to show to anybody.">
        <CodeBlock text={key.publicKey} label="public key" className="max-h-64 overflow-y-auto" />
      </Section>
    </>
  );
}
