import { ChevronRight } from 'lucide-react';
import { CodeBlock } from '../ui/code-block';
import { DownloadButton } from '../ui/link-button';
import type { FlashWay } from './flash-guide';
import type { System } from './visitor-system';

/** One way open at a time, by the browser itself: it works without scripts. */
export function FlashSections({ ways, system }: { ways: FlashWay[]; system: System }) {
  return (
    <div className="divide-y divide-line rounded-xl border border-line">
      {ways.map((way) => (
        <details key={way.id} name="flash" open={way.first.includes(system)} className="group">
          <summary className="flex items-center gap-3 px-4 py-3 font-medium hover:bg-hover focus-visible:-outline-offset-2">
            <ChevronRight aria-hidden className="size-4 shrink-0 text-muted transition-transform duration-100 group-open:rotate-90" />
            {way.title}
          </summary>
          <ol className="space-y-4 px-4 pt-1 pb-5">
            {way.steps.map((step, i) => (
              <li key={step.text} className="flex gap-3">
                <span aria-hidden className="grid size-5 shrink-0 place-items-center rounded-full bg-hover text-xs font-medium text-muted tabular">
                  {i + 1}
                </span>
                <div className="min-w-0 flex-1 space-y-2">
                  <p>{step.text}</p>
                  {step.links && (
                    <p className="flex flex-wrap gap-2">
                      {step.links.map((link) => (
                        <DownloadButton key={link.href} size="sm" variant="secondary" href={link.href} download={link.download}>
                          {link.text}
                        </DownloadButton>
                      ))}
                    </p>
                  )}
                  {step.command && <CodeBlock text={step.command} label={`command of step ${i + 1} for ${way.title}`} />}
                </div>
              </li>
            ))}
          </ol>
        </details>
      ))}
    </div>
  );
}
