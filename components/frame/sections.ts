import { Blocks, FileBadge, Hammer, House, KeyRound, ScrollText, SquareTerminal, Users, type LucideIcon } from 'lucide-react';
import { paths } from '@/lib/paths';

export type SectionName = 'overview' | 'models' | 'keys' | 'builds' | 'snaps' | 'team' | 'tokens' | 'audit';
type Section = { name: SectionName; label: string; icon: LucideIcon; href: (brand: string) => string };

/** The rooms of a brand, in the order of the rail. */
export const SECTIONS: Section[] = [
  { name: 'overview', label: 'Overview', icon: House, href: paths.overview },
  { name: 'models', label: 'Models', icon: FileBadge, href: paths.models },
  { name: 'keys', label: 'Keys', icon: KeyRound, href: paths.keys },
  { name: 'builds', label: 'Builds', icon: Hammer, href: paths.builds },
  { name: 'snaps', label: 'Snaps', icon: Blocks, href: paths.snaps },
  { name: 'team', label: 'Team', icon: Users, href: paths.team },
  { name: 'tokens', label: 'API tokens', icon: SquareTerminal, href: paths.tokens },
  { name: 'audit', label: 'Audit', icon: ScrollText, href: paths.audit },
];

/** The section that an address of this brand belongs to. */
export function sectionOf(pathname: string): SectionName | undefined {
  const [, , second] = pathname.split('/');
  if (!second) return 'overview';
  return SECTIONS.find((section) => section.name === second)?.name;
}
