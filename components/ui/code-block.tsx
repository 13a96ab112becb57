import { cn } from './cn';
import { CopyButton } from './copy-button';

/** Commands or assertion text, with a button that copies all of it. Long lines wrap, because a phone cannot scroll comfortably inside a page. */
export function CodeBlock({ text, label, className, wrap = true }: { text: string; label: string; className?: string; wrap?: boolean }) {
  return (
    <div className={cn('group relative rounded-lg border border-line bg-sunken', className)}>
      <pre tabIndex={0} aria-label={label} className={cn('overflow-x-auto py-3 pr-11 pl-3.5 font-mono text-sm leading-5', wrap && 'wrap-anywhere whitespace-pre-wrap')}>
        {text}
      </pre>
      <CopyButton value={text} label={`Copy ${label}`} className="absolute top-1.5 right-1.5 bg-sunken" />
    </div>
  );
}
