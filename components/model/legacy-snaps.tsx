'use client';

import { setText } from '@/lib/model/edit';
import { setAt } from '@/lib/model/path';
import { Field } from '../ui/field';
import { Input, Textarea } from '../ui/input';
import { Section } from '../ui/page-header';
import { At } from './at';
import { useProblems } from './use-problems';
import { useWorkspace } from './workspace';

/** Kernel, gadget and required snaps of Ubuntu Core 16 and 18, whose models have no list of snaps. */
export function LegacySnaps({ readOnly }: { readOnly: boolean }) {
  const { draft, edit } = useWorkspace();
  const { at, fix } = useProblems();
  const required = draft['required-snaps'];
  const lines = Array.isArray(required) ? required.filter((name) => typeof name === 'string').join('\n') : typeof required === 'string' ? required : '';
  return (
    <Section title="Snaps" description="As Ubuntu Core 16 and 18 have them: a name, or name=track.">
      <div className="grid max-w-160 gap-5 sm:grid-cols-2">
        {(['kernel', 'gadget'] as const).map((path) => (
          <At key={path} path={path}>
            <Field label={path === 'kernel' ? 'Kernel' : 'Gadget'} problems={at(path)} onFix={fix}>
              {(control) => <Input {...control} mono spellCheck={false} readOnly={readOnly} value={typeof draft[path] === 'string' ? draft[path] : ''} onChange={(event) => edit((d) => setText(d, path, event.target.value))} />}
            </Field>
          </At>
        ))}
        <At path="required-snaps" className="sm:col-span-2">
          <Field label="Required snaps" optional hint="One name a line." problems={at('required-snaps')} onFix={fix}>
            {(control) => <Textarea {...control} mono spellCheck={false} readOnly={readOnly} value={lines} onChange={(event) => edit((d) => setAt(d, 'required-snaps', event.target.value === '' ? undefined : event.target.value.split('\n')))} />}
          </Field>
        </At>
      </div>
    </Section>
  );
}
