import type { AuditRow } from '@/lib/api/people';
import { paths } from '@/lib/paths';

/** Where the thing that a row is about can be seen; undefined when it has no page of its own. */
export function subjectHref(brand: string, { subject, details }: Pick<AuditRow, 'subject' | 'details'>): string | undefined {
  switch (subject.type) {
    case 'key':
      return paths.key(brand, subject.name);
    case 'build-key':
      return paths.keys(brand);
    case 'model':
      return paths.model(brand, subject.name);
    case 'build':
      return /^\d+$/.test(subject.name) ? paths.build(brand, Number(subject.name)) : undefined;
    case 'share':
      return typeof details.build === 'number' ? paths.build(brand, details.build) : undefined;
    default:
      return undefined;
  }
}
