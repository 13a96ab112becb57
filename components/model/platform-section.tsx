'use client';

import { FlaskConical, Lock, ShieldCheck } from 'lucide-react';
import { ARCHITECTURES, BASES, baseWords } from '@/lib/model/bases';
import { setBase, setGrade, setText } from '@/lib/model/edit';
import { defaultStorageSafety, GRADE_IS_FOR_LIFE, GRADE_WORDS, GRADES, isGrade, STORAGE_SAFETIES, STORAGE_SAFETY_WORDS, type Grade } from '@/lib/model/grades';
import { Field } from '../ui/field';
import { Section } from '../ui/page-header';
import { ProblemList } from '../ui/problem-list';
import { RadioCards, type RadioCard } from '../ui/radio-cards';
import { Select } from '../ui/select';
import { At } from './at';
import { useProblems } from './use-problems';
import { useWorkspace } from './workspace';

const ICONS: Record<Grade, React.ReactNode> = { dangerous: <FlaskConical aria-hidden />, signed: <ShieldCheck aria-hidden />, secured: <Lock aria-hidden /> };

/** The three grades in plain words, as cards. */
export const gradeCards = (readOnly = false): RadioCard<Grade>[] =>
  GRADES.map((grade) => {
    const { title, sentence } = GRADE_WORDS[grade];
    const words = `${title}. ${sentence}`;
    return { value: grade, label: `${grade.charAt(0).toUpperCase()}${grade.slice(1)}`, icon: ICONS[grade], description: words, ...(readOnly ? { disabledReason: words } : {}) };
  });

const plain = (value: unknown): string => (typeof value === 'string' ? value : '');
/** The known ones, and the one that stands there when it is none of them. */
const withCurrent = (known: readonly string[], current: string): string[] => (current === '' || known.includes(current) ? [...known] : [current, ...known]);

export function PlatformSection({ readOnly, extended }: { readOnly: boolean; extended: boolean }) {
  const { draft, edit } = useWorkspace();
  const { at, fix } = useProblems();
  const base = plain(draft.base);
  const architecture = plain(draft.architecture);
  return (
    <Section title="Platform">
      <div className="grid max-w-160 gap-5 sm:grid-cols-2">
        <At path="base">
          <Field label="Base" hint={extended ? 'The system that devices boot. Gadget and kernel follow its track.' : undefined} problems={at('base')} onFix={fix}>
            {(control) => (
              <Select {...control} disabled={readOnly} value={base} onChange={(event) => edit((d) => (extended ? setBase(d, event.target.value) : setText(d, 'base', event.target.value)))}>
                {base === '' && <option value="">{extended ? 'Choose a base' : baseWords('')}</option>}
                {withCurrent(extended ? BASES : ['core18'], base).map((name) => (
                  <option key={name} value={name}>
                    {baseWords(name) === name ? name : `${baseWords(name)} (${name})`}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </At>
        <At path="architecture">
          <Field label="Architecture" hint="Every snap must be published for it." problems={at('architecture')} onFix={fix}>
            {(control) => (
              <Select {...control} mono disabled={readOnly} value={architecture} onChange={(event) => edit((d) => setText(d, 'architecture', event.target.value))}>
                {architecture === '' && <option value="">Choose an architecture</option>}
                {withCurrent(ARCHITECTURES, architecture).map((name) => (
                  <option key={name}>{name}</option>
                ))}
              </Select>
            )}
          </Field>
        </At>
      </div>
      {extended && <Grades readOnly={readOnly} />}
    </Section>
  );
}

function Grades({ readOnly }: { readOnly: boolean }) {
  const { draft, edit } = useWorkspace();
  const { at, fix } = useProblems();
  const grade = draft.grade === undefined ? 'signed' : isGrade(draft.grade) ? draft.grade : undefined;
  const safety = plain(draft['storage-safety']);
  const secured = grade === 'secured';
  return (
    <>
      <At path="grade" className="mt-5">
        <RadioCards name="grade" legend="Grade" value={grade} onChange={(value) => edit((d) => setGrade(d, value))} cards={gradeCards(readOnly)} aria-describedby="grade-for-life" />
        <p id="grade-for-life" className="mt-1.5 text-sm text-muted">
          {GRADE_IS_FOR_LIFE}
        </p>
        <ProblemList problems={at('grade')} onFix={fix} className="mt-1.5" />
      </At>
      <At path="storage-safety" className="mt-5 max-w-160">
        <Field label="Storage on the device" hint={secured ? 'Grade secured always encrypts.' : undefined} problems={at('storage-safety')} onFix={fix}>
          {(control) => (
            <Select {...control} disabled={readOnly || (secured && (safety === '' || safety === 'encrypted'))} value={safety} onChange={(event) => edit((d) => setText(d, 'storage-safety', event.target.value))}>
              <option value="">As usual: {STORAGE_SAFETY_WORDS[defaultStorageSafety(grade ?? 'signed')].toLowerCase()}</option>
              {withCurrent(STORAGE_SAFETIES, safety).map((value) => (
                <option key={value} value={value}>
                  {value in STORAGE_SAFETY_WORDS ? STORAGE_SAFETY_WORDS[value as keyof typeof STORAGE_SAFETY_WORDS] : value}
                </option>
              ))}
            </Select>
          )}
        </Field>
      </At>
    </>
  );
}
