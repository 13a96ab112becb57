'use client';

import { useDeferredValue, useMemo } from 'react';
import { CopyButton } from '../ui/copy-button';
import { plural } from '../ui/format';
import { diffTexts } from './diff-texts';
import { TextDiff } from './text-diff';
import { useWorkspace } from './workspace';

/** The assertion's text as it will be signed; lines that differ from the saved version are marked. */
export function PreviewPane() {
  const { preview, savedText, started } = useWorkspace();
  const text = useDeferredValue(preview.text);
  const changed = useMemo(() => diffTexts(savedText, text).filter((line) => line.kind !== 'same').length, [savedText, text]);
  return (
    <section aria-label="Assertion text">
      <div className="flex items-center gap-2 pb-2">
        <h2 className="font-semibold">Assertion text</h2>
        <span className="min-w-0 flex-1 truncate text-sm text-muted">{changed > 0 ? `${plural(changed, 'line')} changed since version ${started.number}` : 'as it will be signed'}</span>
        <CopyButton value={preview.text} label="Copy text" />
      </div>
      <TextDiff before={savedText} after={text} label="Text of the assertion" className="max-h-[min(32rem,60vh)]" />
      {preview.left.map(({ header, why }) => (
        <p key={header} className="mt-2 text-sm text-danger">
          <span className="font-mono">{header}</span> is left out: {why}
        </p>
      ))}
    </section>
  );
}
