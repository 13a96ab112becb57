'use client';

import Link from 'next/link';
import { ChevronRight } from 'lucide-react';
import type { AuditRow as Row } from '@/lib/api/people';
import { Badge } from '../ui/badge';
import { Fact, Facts } from '../ui/definition-list';
import { ExactTime, Time } from '../ui/time';
import { subjectHref } from './subject-link';

/** What happened, as a sentence; opens to from where, by which request, and the details. */
export function AuditRow({ row, brand }: { row: Row; brand: string }) {
  const href = subjectHref(brand, row);
  return (
    <li>
      <details className="group">
        <summary className="flex items-start gap-3 px-2 py-2.5 hover:bg-hover/60 focus-visible:-outline-offset-2">
          <ChevronRight aria-hidden className="mt-0.5 size-4 shrink-0 text-faint transition-transform duration-100 group-open:rotate-90" />
          <span className="min-w-0 flex-1 wrap-anywhere">
            <span className="font-medium">{row.actor.name}</span> {row.sentence}
          </span>
          <Badge mono className="max-md:hidden">
            {row.action}
          </Badge>
          <span className="w-24 shrink-0 text-right text-sm whitespace-nowrap text-muted">
            <Time at={row.at} />
          </span>
        </summary>
        <div className="mb-3 ml-9 space-y-4 border-l border-line py-2 pl-4">
          <Facts>
            <Fact label="When">
              <ExactTime at={row.at} />
            </Fact>
            <Fact label="Who">{row.actor.email ?? row.actor.name}</Fact>
            <Fact label="What">
              <span className="font-mono text-sm">{row.action}</span>
            </Fact>
            <Fact label="About">
              {href ? (
                <Link href={href} className="link">
                  {row.subject.type} {row.subject.name}
                </Link>
              ) : (
                `${row.subject.type} ${row.subject.name}`
              )}
            </Fact>
            <Fact label="From">
              <span className="font-mono text-sm">{row.address || 'this machine'}</span>
            </Fact>
            {row.requestId && (
              <Fact label="Request">
                <span className="font-mono text-xs">{row.requestId}</span>
              </Fact>
            )}
          </Facts>
          {Object.keys(row.details).length > 0 && (
            <pre tabIndex={0} aria-label="Details" className="overflow-x-auto rounded-md bg-sunken p-3 font-mono text-xs wrap-anywhere whitespace-pre-wrap">
              {JSON.stringify(row.details, null, 2)}
            </pre>
          )}
        </div>
      </details>
    </li>
  );
}
