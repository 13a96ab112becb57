'use client';

import Link from 'next/link';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { BuildsTable } from '../build/builds-table';
import { buildsQuery, EVERY_BUILD } from '../build/queries';
import { formatNumber } from '../ui/format';
import { LinkButton } from '../ui/link-button';
import { Notice } from '../ui/notice';
import { PageHeader, Section } from '../ui/page-header';
import { ExactTime, Time } from '../ui/time';
import { Checklist } from './checklist';
import { LATEST_BUILDS } from './latest';
import { stepsOf } from './next-step';
import { isComplete, overviewQuery } from './queries';

/** `newestModel`: the one that was changed last. */
export function OverviewView({ newestModel }: { newestModel: string | undefined }) {
  const { brand, slug, whyNot } = useBrand();
  const { data: overview } = useSuspenseQuery(overviewQuery(slug));
  const latest = useInfiniteQuery(buildsQuery(slug, EVERY_BUILD, LATEST_BUILDS));
  const builds = latest.data?.pages[0]?.items ?? [];
  const complete = isComplete(overview);
  return (
    <>
      <PageHeader
        title={brand.name}
        description={
          <>
            Account <span className="font-mono text-sm">{brand.accountId}</span>
          </>
        }
        actions={
          complete && (
            <LinkButton variant="primary" href={paths.newModel(slug)} disabledReason={whyNot('model.edit')}>
              <Plus aria-hidden />
              New model
            </LinkButton>
          )
        }
      />
      {!complete && <Checklist steps={stepsOf(slug, overview, { model: newestModel, builds })} />}
      <Expiring keys={overview.keysExpiring} />
      {complete && (
        <dl className="grid grid-cols-3 divide-x divide-line rounded-xl border border-line">
          <Count label="Models" value={overview.counts.models} href={paths.models(slug)} />
          <Count label="Keys" value={overview.counts.keys} href={paths.keys(slug)} />
          <Count label="Builds" value={overview.counts.builds} href={paths.builds(slug)} />
        </dl>
      )}
      {builds.length > 0 && (
        <Section
          title="Latest builds"
          actions={
            overview.counts.builds > builds.length && (
              <Link href={paths.builds(slug)} className="link text-sm">
                All builds
              </Link>
            )
          }
        >
          <BuildsTable builds={builds} label="Latest builds" />
        </Section>
      )}
    </>
  );
}

const Count = ({ label, value, href }: { label: string; value: number; href: string }) => (
  <div className="relative px-4 py-3 transition-colors duration-100 first:rounded-l-xl last:rounded-r-xl hover:bg-hover sm:px-5">
    <dt className="text-sm text-muted">
      <Link href={href} className="after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded-xl focus-visible:after:outline-2 focus-visible:after:outline-accent">
        {label}
      </Link>
    </dt>
    <dd className="text-2xl font-semibold tabular">{formatNumber(value)}</dd>
  </div>
);

function Expiring({ keys }: { keys: { name: string; until: string }[] }) {
  const { slug } = useBrand();
  if (keys.length === 0) return null;
  return (
    <Notice tone="warning" title={keys.length === 1 ? 'A key’s time is nearly over' : 'Keys whose time is nearly over'} className="my-6">
      <ul className="space-y-0.5">
        {keys.map((key) => (
          <li key={key.name}>
            <Link href={paths.key(slug, key.name)} className="link font-mono">
              {key.name}
            </Link>{' '}
            signs until <ExactTime at={key.until} /> (<Time at={key.until} />). Make the next one in time.
          </li>
        ))}
      </ul>
    </Notice>
  );
}
