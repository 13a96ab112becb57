import type { KeyView } from '@/lib/api/keys';

/** What a key may sign at all, as its account-key says: each line is one way, and within it all has to fit. Values are patterns. */
export function Limits({ constraints }: Pick<KeyView, 'constraints'>) {
  if (constraints === null) return <p className="text-muted">Its account-key sets no limits: it may sign any assertion of the brand.</p>;
  return (
    <ul className="space-y-2">
      {constraints.map((constraint, i) => (
        <li key={i} className="rounded-lg border border-line p-3">
          <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[auto_1fr]">
            {lines(constraint['headers'] ?? constraint).map(([name, pattern]) => (
              <div key={name} className="contents">
                <dt className="font-mono text-sm text-muted">{name}</dt>
                <dd className="font-mono text-sm wrap-anywhere">{pattern}</dd>
              </div>
            ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}

/** `brand-id` and `acme`; nested ones by their path. */
function lines(value: unknown, path = ''): [string, string][] {
  if (Array.isArray(value)) return [[path, value.map(String).join(' or ')]];
  if (typeof value !== 'object' || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([name, inner]) => lines(inner, path === '' ? name : `${path}.${name}`));
}
