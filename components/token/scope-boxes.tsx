'use client';

import { useId } from 'react';
import { SCOPES, SCOPE_WORDS, whyNotScope, type Scope } from '@/lib/access';
import type { Problem } from '@/lib/errors';
import { useBrand } from '../brand/brand-context';
import { ProblemList } from '../ui/problem-list';

const MORE: Record<Scope, string> = {
  read: 'Everything that you see here, and the images',
  edit: 'New models and versions',
  sign: 'Models, and with snap sign any assertion at all',
  build: 'And download what was built',
  share: 'Links that open without an account',
};

type Props = { value: Scope[]; onChange: (scopes: Scope[]) => void; problems: Problem[] };

/** What a token may do, a box each; those that its person's role does not allow say so. */
export function ScopeBoxes({ value, onChange, problems }: Props) {
  const { role } = useBrand();
  const id = useId();
  const toggle = (scope: Scope, on: boolean) => onChange(SCOPES.filter((each) => (each === scope ? on : value.includes(each))));
  return (
    <fieldset className="min-w-0" aria-describedby={problems.length > 0 ? `${id}-problems` : undefined}>
      <legend className="mb-1.5 font-medium">What it may do</legend>
      <div className="divide-y divide-line rounded-lg border border-line-strong/70">
        {SCOPES.map((scope) => {
          const reason = whyNotScope(role, scope);
          return (
            <label key={scope} className="flex items-start gap-3 px-3 py-2.5 first:rounded-t-lg last:rounded-b-lg hover:bg-hover has-disabled:cursor-not-allowed has-disabled:opacity-60">
              <input
                type="checkbox"
                name="scopes"
                value={scope}
                checked={value.includes(scope)}
                disabled={reason !== undefined}
                onChange={(event) => toggle(scope, event.target.checked)}
                className="mt-0.5 size-4 shrink-0 accent-accent"
              />
              <span className="min-w-0 flex-1">
                <span className="block">{SCOPE_WORDS[scope]}</span>
                <span className="block text-sm text-muted">
                  {reason ?? `${MORE[scope]}.`}
                </span>
              </span>
            </label>
          );
        })}
      </div>
      <ProblemList id={`${id}-problems`} problems={problems} className="mt-1.5" />
    </fieldset>
  );
}
