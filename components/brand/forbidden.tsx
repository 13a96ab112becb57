import { Lock } from 'lucide-react';
import { whyNot, type Role, type Verb } from '@/lib/access';
import { paths } from '@/lib/paths';
import { EmptyState } from '../ui/empty-state';
import { LinkButton } from '../ui/link-button';
import { PageHeader } from '../ui/page-header';

/** A page of the brand that this role may not see: why, and who could change that. */
export const Forbidden = ({ title, brand, role, verb }: { title: string; brand: string; role: Role; verb: Verb }) => (
  <>
    <PageHeader title={title} />
    <EmptyState icon={Lock} title="Not for your role" action={<LinkButton href={paths.team(brand)}>See the team</LinkButton>}>
      {whyNot(role, verb)} The team page shows which groups give which role.
    </EmptyState>
  </>
);
