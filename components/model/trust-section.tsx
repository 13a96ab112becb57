'use client';

import { useState } from 'react';
import { ChevronRight } from 'lucide-react';
import type { HeaderJson } from '@/lib/api/models';
import { setText } from '@/lib/model/edit';
import { setAt } from '@/lib/model/path';
import { Field } from '../ui/field';
import { Input } from '../ui/input';
import { At } from './at';
import { useProblems } from './use-problems';
import { useWorkspace } from './workspace';

const LISTS = [
  { path: 'system-user-authority', label: 'Who may make users', hint: 'Account ids beside the brand’s own, with a space between them; * is everybody.' },
  { path: 'serial-authority', label: 'Who may give serials', hint: 'Account ids beside the brand’s own, such as generic.' },
  { path: 'preseed-authority', label: 'Who may preseed', hint: 'Account ids beside the brand’s own.' },
] as const;

/** What most models never need: stores and other accounts. */
export function TrustSection({ readOnly }: { readOnly: boolean }) {
  const { draft, edit } = useWorkspace();
  const { at, fix } = useProblems();
  const used = ['store', ...LISTS.map(({ path }) => path)].some((name) => draft[name] !== undefined);
  return (
    <details className="group mt-10" open={used || undefined}>
      <summary className="flex list-none items-start gap-1.5 rounded text-lg font-semibold">
        <ChevronRight aria-hidden className="mt-1 size-4 shrink-0 text-muted transition-transform duration-100 group-open:rotate-90" />
        <span>
          Trust and store
          {!used && <span className="ml-2 text-sm font-normal text-muted max-sm:ml-0 max-sm:block">as usual: the brand alone, the public store</span>}
        </span>
      </summary>
      <div className="mt-3 grid max-w-160 gap-5">
        {LISTS.map(({ path, label, hint }) => (
          <At key={path} path={path}>
            <Field label={label} optional hint={hint} problems={at(path)} onFix={fix}>
              {(control) => <ListInput {...control} readOnly={readOnly} star={path === 'system-user-authority'} value={draft[path]} onChange={(value) => edit((d) => setAt(d, path, value))} />}
            </Field>
          </At>
        ))}
        <At path="store">
          <Field label="Store" optional hint="The id of a brand store. Devices need a new serial when it changes." problems={at('store')} onFix={fix}>
            {(control) => <Input {...control} mono readOnly={readOnly} value={typeof draft.store === 'string' ? draft.store : ''} onChange={(event) => edit((d) => setText(d, 'store', event.target.value))} />}
          </Field>
        </At>
      </div>
    </details>
  );
}

const words = (value: HeaderJson | undefined): string => (typeof value === 'string' ? value : Array.isArray(value) ? value.filter((member) => typeof member === 'string').join(' ') : '');

type Props = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined; readOnly: boolean; star: boolean; value: HeaderJson | undefined; onChange: (value: HeaderJson | undefined) => void };

/** A list typed with spaces. The text stays as typed while it says the same as the header. */
function ListInput({ value, star, onChange, ...rest }: Props) {
  const [typed, setTyped] = useState(() => words(value));
  const read = (text: string): HeaderJson | undefined => {
    const list = text.split(/[\s,]+/).filter(Boolean);
    if (list.length === 0) return undefined;
    return star && text.trim() === '*' ? '*' : list;
  };
  const text = words(read(typed)) === words(value) ? typed : words(value);
  return (
    <Input
      {...rest}
      mono
      spellCheck={false}
      autoCapitalize="none"
      value={text}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(read(event.target.value));
      }}
    />
  );
}
