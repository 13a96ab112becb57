'use client';

import { setText } from '@/lib/model/edit';
import { useBrand } from '../brand/brand-context';
import { Field } from '../ui/field';
import { Input, Textarea } from '../ui/input';
import { Section } from '../ui/page-header';
import { At } from './at';
import { useProblems } from './use-problems';
import { useWorkspace } from './workspace';

export function IdentitySection({ readOnly }: { readOnly: boolean }) {
  const { brand } = useBrand();
  const { name, draft, edit } = useWorkspace();
  const { at, fix } = useProblems();
  const displayName = typeof draft['display-name'] === 'string' ? draft['display-name'] : '';
  const set = (text: string) => edit((d) => setText(d, 'display-name', text));
  return (
    <Section title="Identity">
      <div className="grid max-w-160 gap-5 sm:grid-cols-2">
        <At path="display-name" className="sm:col-span-2">
          <Field label="Display name" optional hint="What people see; it may change later." problems={at('display-name')} onFix={fix}>
            {(control) =>
              displayName.includes('\n') ? (
                <Textarea {...control} readOnly={readOnly} value={displayName} onChange={(event) => set(event.target.value)} />
              ) : (
                <Input {...control} readOnly={readOnly} placeholder={name} value={displayName} onChange={(event) => set(event.target.value)} />
              )
            }
          </Field>
        </At>
        <At path="model">
          <Field label="Name" hint="Devices know the model by it, so it stays." problems={at('model')} onFix={fix}>
            {(control) => <Input {...control} mono readOnly value={name} />}
          </Field>
        </At>
        <At path="brand-id">
          <Field label="Brand" hint={`The account of ${brand.name}, which signs.`} problems={[...at('brand-id'), ...at('authority-id')]}>
            {(control) => <Input {...control} mono readOnly value={brand.accountId} />}
          </Field>
        </At>
      </div>
    </Section>
  );
}
