'use client';

import { useRef } from 'react';
import { FileKey } from 'lucide-react';
import type { Problem } from '@/lib/errors';
import { Button } from '../ui/button';
import { Field } from '../ui/field';

type Props = { label: string; hint: string; accept: string; file: File | undefined; onChange: (file: File | undefined) => void; problems: Problem[] };

/** A file with a secret in it: its name is shown, its text is not. */
export function SecretFile({ label, hint, accept, file, onChange, problems }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Field label={label} hint={hint} problems={problems}>
      {(control) => (
        <div className="flex flex-wrap items-center gap-3">
          <input {...control} ref={input} type="file" accept={accept} className="sr-only" tabIndex={-1} onChange={(event) => onChange(event.target.files?.[0])} />
          <Button onClick={() => input.current?.click()} aria-describedby={control['aria-describedby']}>
            <FileKey aria-hidden />
            {file ? 'Choose another' : 'Choose a file'}
          </Button>
          <span className="min-w-0 text-sm wrap-anywhere text-muted">{file ? file.name : 'none yet'}</span>
        </div>
      )}
    </Field>
  );
}
