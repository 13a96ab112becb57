import type { ReactNode } from 'react';
import { Users } from 'lucide-react';
import { ROLES, ROLE_WORDS, type Role } from '@/lib/access';
import type { Team } from '@/lib/api/people';
import { EmptyState } from '../ui/empty-state';
import { PageHeader, Section } from '../ui/page-header';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Time } from '../ui/time';
import { RoleBadge } from './role-badge';

type Props = { team: Team; brandName: string; mine: Role };

/** Who is in the brand, with which role, and through which group. */
export function TeamPage({ team, brandName, mine }: Props) {
  return (
    <>
      <PageHeader title="Team" description={`Who is in ${brandName} and why. Roles come from groups of your identity provider; whoever keeps those groups can add you or others. A change counts from the next sign-in.`} />
      {team.members.length === 0 ? (
        <EmptyState icon={Users} title="Nobody has signed in yet">
          People appear here with their first sign-in.
        </EmptyState>
      ) : (
        <Members team={team} />
      )}
      <Section title="Groups" description="Somebody in several of them has the strongest of their roles.">
        {team.groups.length === 0 ? <p className="text-muted">No group gives a role in this brand.</p> : <Groups team={team} />}
      </Section>
      <Section title="Roles">
        <dl className="divide-y divide-line border-y border-line">
          {ROLES.map((role) => (
            <div key={role} className="flex items-baseline gap-4 px-2 py-2.5">
              <dt className="w-20 shrink-0">
                <RoleBadge role={role} />
              </dt>
              <dd className="min-w-0 flex-1 text-muted">{ROLE_WORDS[role]}.</dd>
              {role === mine && <dd className="text-sm font-medium">yours</dd>}
            </div>
          ))}
        </dl>
      </Section>
    </>
  );
}

const Mono = ({ children }: { children: ReactNode }) => <span className="font-mono text-sm wrap-anywhere">{children}</span>;

const Members = ({ team }: { team: Team }) => (
  <Table label="Members">
    <THead>
      <tr>
        <Th>Person</Th>
        <Th>Role</Th>
        <Th className="max-sm:hidden">Through group</Th>
        <Th>Last seen</Th>
      </tr>
    </THead>
    <TBody>
      {team.members.map((member, i) => (
        <Tr key={`${i} ${member.email ?? member.name}`}>
          <Td>
            <span className="block font-medium wrap-anywhere">{member.name}</span>
            {member.email && <span className="block text-sm wrap-anywhere text-muted">{member.email}</span>}
          </Td>
          <Td>
            <RoleBadge role={member.role} />
          </Td>
          <Td className="max-sm:hidden">
            <Mono>{member.via}</Mono>
          </Td>
          <Td className="whitespace-nowrap text-muted">{member.lastSeenAt ? <Time at={member.lastSeenAt} /> : 'never'}</Td>
        </Tr>
      ))}
    </TBody>
  </Table>
);

const Groups = ({ team }: { team: Team }) => (
  <Table label="Groups and their roles">
    <THead>
      <tr>
        <Th>Group of the identity provider</Th>
        <Th>Gives the role</Th>
      </tr>
    </THead>
    <TBody>
      {team.groups.map(({ group, role }) => (
        <Tr key={`${group} ${role}`}>
          <Td>
            <Mono>{group}</Mono>
          </Td>
          <Td>
            <RoleBadge role={role} />
          </Td>
        </Tr>
      ))}
    </TBody>
  </Table>
);
