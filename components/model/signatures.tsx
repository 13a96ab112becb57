'use client';

import { Download, Hammer } from 'lucide-react';
import type { Signature } from '@/lib/api/models';
import { api } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { NonProductionBadge } from '../non-production';
import { Button } from '../ui/button';
import { DownloadButton } from '../ui/link-button';
import { Section } from '../ui/page-header';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { ExactTime } from '../ui/time';
import { useBuildModel } from './mutations';
import { whyNeverBuilt } from './why-not';
import { useWorkspace } from './workspace';

/** Each signed revision, to download alone or with the account and account-key that a build by hand needs. */
export function Signatures() {
  const { detail } = useWorkspace();
  const signatures = [...detail.signatures].sort((a, b) => b.revision - a.revision);
  if (signatures.length === 0) return null;
  return (
    <Section title="Signatures" description="What devices and image builders read.">
      <Table label="Signatures">
        <THead>
          <tr>
            <Th>Revision</Th>
            <Th className="max-sm:hidden">Version</Th>
            <Th className="max-md:hidden">Key</Th>
            <Th className="max-sm:hidden">Signed</Th>
            <Th>Download</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </tr>
        </THead>
        <TBody>
          {signatures.map((signature) => (
            <SignatureRow key={signature.revision} signature={signature} />
          ))}
        </TBody>
      </Table>
    </Section>
  );
}

function SignatureRow({ signature }: { signature: Signature }) {
  const { slug, whyNot } = useBrand();
  const workspace = useWorkspace();
  const build = useBuildModel(slug, workspace.name);
  const { revision, version, keyName, signedAt, signedBy, production } = signature;
  return (
    <Tr>
      <Td>
        <span className="mr-2 font-medium tabular">{revision}</span>
        {!production && <NonProductionBadge />}
      </Td>
      <Td className="tabular max-sm:hidden">{version}</Td>
      <Td className="font-mono text-sm max-md:hidden">{keyName}</Td>
      <Td className="max-sm:hidden">
        <ExactTime at={signedAt} className="whitespace-nowrap" />
        <span className="block text-sm text-muted">{signedBy.name}</span>
      </Td>
      <Td>
        <span className="flex flex-wrap gap-1.5">
          <DownloadButton size="sm" href={api.assertion(slug, workspace.name, revision)} download aria-label={`Download .model, revision ${revision}`}>
            <Download aria-hidden />
            .model
          </DownloadButton>
          <DownloadButton size="sm" href={api.assertion(slug, workspace.name, revision, true)} download aria-label={`Download with chain, revision ${revision}`}>
            <Download aria-hidden />
            with chain
          </DownloadButton>
        </span>
      </Td>
      <Td className="text-right">
        <Button size="sm" variant="ghost" aria-label={`Build revision ${revision}`} disabledReason={whyNot('build.request') ?? whyNeverBuilt(workspace)} pending={build.isPending} onClick={() => build.mutate(revision)}>
          <Hammer aria-hidden />
          <span className="max-sm:hidden">Build</span>
        </Button>
      </Td>
    </Tr>
  );
}
