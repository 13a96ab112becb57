import type { KeyView } from '@/lib/api/keys';
import { limitWords } from './limit-words';

/** What a key may sign at all, as its account-key says: each line is one way, and within it all has to fit. */
export function Limits({ constraints }: Pick<KeyView, 'constraints'>) {
  if (constraints === null) return <p className="text-muted">Its account-key sets no limits: it may sign any assertion of the brand.</p>;
  if (constraints.length === 1) return <p className="max-w-180 wrap-anywhere">It signs nothing but this: {limitWords(constraints[0]!).replace(/^An? /, (article) => article.toLowerCase())}</p>;
  return (
    <>
      <p>It signs nothing but what is one of these:</p>
      <ul className="mt-1 max-w-180 list-disc space-y-1 pl-5">
        {constraints.map((constraint, i) => (
          <li key={i} className="wrap-anywhere">
            {limitWords(constraint)}
          </li>
        ))}
      </ul>
    </>
  );
}
