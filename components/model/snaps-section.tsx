'use client';

import { useRef, useState } from 'react';
import { Plus } from 'lucide-react';
import { moveSnap, removeSnap, setPresence, snapRows } from '@/lib/model/edit';
import { setAt } from '@/lib/model/path';
import { Button } from '../ui/button';
import { plural } from '../ui/format';
import { Section } from '../ui/page-header';
import { ProblemList } from '../ui/problem-list';
import { AddSnapDialog } from './add-snap-dialog';
import { At } from './at';
import { SnapRow } from './snap-row';
import { useProblems } from './use-problems';
import { useWorkspace } from './workspace';

/** The essential snaps in boot order, then the others in the model's own. */
export function SnapsSection({ readOnly, whyReadOnly }: { readOnly: boolean; whyReadOnly: string | undefined }) {
  const { draft, edit, snaps } = useWorkspace();
  const { at, ofSnap, fix } = useProblems();
  const [adding, setAdding] = useState(false);
  const addButton = useRef<HTMLButtonElement>(null);
  const rows = snapRows(draft);
  const others = rows.filter((row) => !row.essential);
  const architecture = typeof draft.architecture === 'string' ? draft.architecture : '';
  const problems = at('snaps').filter((problem) => problem.path === 'snaps');
  return (
    <Section
      title="Snaps"
      description={`${plural(rows.length, 'snap')}. The first four start the device, in this order.`}
      actions={
        <Button ref={addButton} size="sm" disabledReason={whyReadOnly} onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          Add snap
        </Button>
      }
    >
      <At path="snaps">
        <ProblemList problems={problems} onFix={readOnly ? undefined : fix} className="mb-2" />
        <ol className="divide-y divide-line border-y border-line">
          {rows.map((row, i) => {
            const repeats = rows.slice(0, i).filter((other) => other.name === row.name).length;
            const place = others.indexOf(row);
            return (
              <SnapRow
                key={`${row.name} ${repeats}`}
                row={row}
                view={snaps.get(row.name)}
                architecture={architecture}
                problems={ofSnap(row.index)}
                readOnly={readOnly}
                onUp={place > 0 ? () => edit((d) => moveSnap(d, row.index, -1)) : undefined}
                onDown={place >= 0 && place < others.length - 1 ? () => edit((d) => moveSnap(d, row.index, 1)) : undefined}
                onRemove={() => {
                  edit((d) => removeSnap(d, row.index));
                  // The button that was pressed goes with its row.
                  addButton.current?.focus();
                }}
                onChannel={(channel) => edit((d) => setAt(d, `snaps[${row.index}].default-channel`, channel === '' ? undefined : channel))}
                onPresence={(presence) => edit((d) => setPresence(d, row.index, presence))}
                onFix={fix}
              />
            );
          })}
        </ol>
        {rows.length === 0 && <p className="py-6 text-center text-muted">No snaps yet. A model needs at least a gadget and a kernel.</p>}
      </At>
      <AddSnapDialog open={adding} onOpenChange={setAdding} />
    </Section>
  );
}
