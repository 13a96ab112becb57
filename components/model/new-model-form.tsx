'use client';

import { useState } from 'react';
import { Computer, Cpu } from 'lucide-react';
import { modelName } from '@/lib/api/models';
import type { Problem } from '@/lib/errors';
import { GRADE_IS_FOR_LIFE, type Grade } from '@/lib/model/grades';
import { findTemplate, nameFromDisplayName, TEMPLATES } from '@/lib/model/templates';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { FormShell, problemsAt } from '../ui/form-shell';
import { Input } from '../ui/input';
import { LinkButton } from '../ui/link-button';
import { PageHeader } from '../ui/page-header';
import { RadioCards } from '../ui/radio-cards';
import { useCreateModel } from './mutations';
import { gradeCards } from './platform-section';
import { suggestDisplayName } from './suggest-display-name';

function checkName(name: string, taken: string[]): Problem[] {
  if (taken.includes(name)) return [{ path: 'name', code: 'model-name-taken', message: `There is a model ${name} already. Choose another name.` }];
  const parsed = modelName.safeParse(name);
  return parsed.success ? [] : parsed.error.issues.slice(0, 1).map((issue) => ({ path: 'name', code: issue.code, message: issue.message }));
}

/** Board, name, grade: nothing else, and all of it filled in. `taken` are names of models that there are. */
export function NewModelForm({ taken }: { taken: string[] }) {
  const { slug, brand, whyNot } = useBrand();
  const create = useCreateModel(slug);
  const [template, setTemplate] = useState(TEMPLATES[0]!.id);
  const [typed, setTyped] = useState<string>();
  const [ownName, setOwnName] = useState<string>();
  const [grade, setGrade] = useState<Grade>('signed');
  const displayName = typed ?? suggestDisplayName(brand.name, findTemplate(template)?.board ?? '', taken);
  const name = ownName ?? nameFromDisplayName(displayName);
  const local = checkName(name, taken);
  return (
    <>
      <PageHeader title="New model" description="The board decides the rest. Everything can be changed before it is signed." />
      <FormShell
        className="max-w-200 space-y-7"
        pending={create.isPending || create.isSuccess}
        error={create.error}
        fields={['name']}
        onSubmit={() => local.length === 0 && create.mutate({ template, name, displayName: displayName.trim(), grade })}
        actions={
          <>
            <Button type="submit" variant="primary" pending={create.isPending || create.isSuccess} disabledReason={whyNot('model.edit')}>
              Create model
            </Button>
            <LinkButton variant="ghost" href={paths.models(slug)}>
              Cancel
            </LinkButton>
          </>
        }
      >
        <RadioCards
          name="template"
          legend="Board"
          columns={2}
          value={template}
          onChange={setTemplate}
          cards={TEMPLATES.map((board) => ({
            value: board.id,
            label: board.title,
            icon: board.board.endsWith('PC') ? <Computer aria-hidden /> : <Cpu aria-hidden />,
            description: board.sentence,
          }))}
        />
        <div className="grid max-w-160 gap-5 sm:grid-cols-2">
          <Field label="Display name" hint="What people see.">
            {(control) => <Input {...control} autoFocus maxLength={200} value={displayName} onFocus={(event) => event.target.select()} onChange={(event) => setTyped(event.target.value)} />}
          </Field>
          <Field label="Name" hint="What devices know it by, for good." problems={local.length > 0 ? local : problemsAt(create.error, 'name')}>
            {(control) => <Input {...control} mono spellCheck={false} autoCapitalize="none" maxLength={128} value={name} onChange={(event) => setOwnName(event.target.value)} />}
          </Field>
        </div>
        <div>
          <RadioCards name="grade" legend="Grade" columns={3} value={grade} onChange={setGrade} cards={gradeCards()} aria-describedby="new-grade-for-life" />
          <p id="new-grade-for-life" className="mt-1.5 text-sm text-muted">
            {GRADE_IS_FOR_LIFE}
          </p>
        </div>
      </FormShell>
    </>
  );
}
