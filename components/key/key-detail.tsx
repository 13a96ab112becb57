'use client';

import Link from 'next/link';
import { useSuspenseQuery } from '@tanstack/react-query';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { NonProduction } from '../non-production';
import { CodeBlock } from '../ui/code-block';
import { Fact, Facts } from '../ui/definition-list';
import { Digest } from '../ui/digest';
import { plural } from '../ui/format';
import { Notice } from '../ui/notice';
import { PageHeader, Section } from '../ui/page-header';
import { ExactTime, Time } from '../ui/time';
import { KeyState } from './key-state';
import { LifeLine } from './life-line';
import { keyQuery } from './queries';
import { RegisterButton } from './register-button';
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
            <RetireKey view={key} />
            <RegisterButton view={key} size="md" primary />
          </>
        }
      />
      <div className="mb-8 space-y-3 empty:hidden">
        {key.problem && (
          <Notice tone="danger" title="The last registration did not succeed">
            {key.problem}
          </Notice>
        )}
        {key.state === 'expired' && (
          <Notice tone="warning" title="This key’s time is over">
            Devices refuse what it signs now. <Link className="link" href={`${paths.keys(slug)}?new=true`}>Make a new key</Link> and sign your models with it.
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
          <Fact label="Made">
            <Time at={key.createdAt} /> by {key.createdBy.name}
          </Fact>
          <Fact label="Registered">{key.registeredAt ? <ExactTime at={key.registeredAt} /> : <span className="text-muted">not yet</span>}</Fact>
          <Fact label="Signatures">{plural(key.usedBy.signatures, 'signature')}</Fact>
        </Facts>
      </Section>
      <Section title="Life">
        <div className="max-w-160">
          <LifeLine view={key} />
        </div>
      </Section>
      <Section title="Used by">
        {key.usedBy.models.length === 0 ? (
          <p className="text-muted">It has signed nothing yet.</p>
        ) : (
          <ul className="flex flex-wrap gap-2">
            {key.usedBy.models.map((model) => (
              <li key={model}>
                <Link href={paths.model(slug, model)} className="inline-flex h-7 items-center rounded-md border border-line px-2.5 font-mono text-sm hover:border-line-strong hover:bg-hover">
                  {model}
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Section title="Public key" description="In the form that snapd’s account-key assertions carry. Safe to show to anybody.">
        <CodeBlock text={key.publicKey} label="public key" className="max-h-64 overflow-y-auto" />
      </Section>
    </>
  );
}
