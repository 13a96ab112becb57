'use client';

import { useRef } from 'react';
import { FileUp } from 'lucide-react';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { Textarea } from '../ui/input';

type Props = { label: string; hint: string; accept: string; value: string; onChange: (text: string) => void; rows?: number };

/** Text that somebody pastes, or that comes from a file of theirs. */
export function FileOrText({ label, hint, accept, value, onChange, rows = 8 }: Props) {
  const file = useRef<HTMLInputElement>(null);
  const read = async (chosen: File | undefined) => {
    if (chosen) onChange(await chosen.text());
  };
  return (
    <Field label={label} hint={hint}>
      {(control) => (
        <div
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            void read(event.dataTransfer.files[0]);
          }}
        >
          <Textarea {...control} mono rows={rows} spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />
          <input ref={file} type="file" accept={accept} tabIndex={-1} aria-hidden className="hidden" onChange={(event) => void read(event.target.files?.[0])} />
          <Button size="sm" className="mt-2" onClick={() => file.current?.click()}>
            <FileUp aria-hidden />
            Choose a file
          </Button>
        </div>
      )}
    </Field>
  );
}
