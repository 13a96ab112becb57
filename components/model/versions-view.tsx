'use client';

import { useState } from 'react';
import { History } from 'lucide-react';
import { parseAsInteger, useQueryStates } from 'nuqs';
import type { ModelVersion } from '@/lib/api/models';
import { hasErrors } from '@/lib/errors';
import { checkDraft } from '@/lib/model/check';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { Section } from '../ui/page-header';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Time } from '../ui/time';
import { CompareVersions } from './compare-versions';
import { useSaveVersion } from './mutations';
import { Signatures } from './signatures';
import { SigningRequests } from './signing-requests';
import { useWorkspace } from './workspace';

/** Every version there has been: which are signed, what changed between any two, and the way back to one. */
export function VersionsView() {
  const { versions } = useWorkspace();
  const [pair, setPair] = useQueryStates({ from: parseAsInteger, to: parseAsInteger });
  const to = versions.find((version) => version.number === pair.to) ?? versions[0];
  const from = versions.find((version) => version.number === pair.from) ?? versions.find((version) => version.number < (to?.number ?? 0)) ?? to;
  const choose = (end: 'from' | 'to', number: number) => void setPair({ from: from?.number ?? null, to: to?.number ?? null, [end]: number });
  return (
    <div>
      <SigningRequests />
      <Signatures />
      <Section title="Versions" description={versions.length > 1 ? 'Choose two to compare.' : undefined}>
        <Table label="Versions">
          <THead>
            <tr>
              {versions.length > 1 && (
                <>
                  <Th>From</Th>
                  <Th>To</Th>
                </>
              )}
              <Th>Version</Th>
              <Th className="max-sm:hidden">Note</Th>
              <Th className="max-sm:hidden">Author</Th>
              <Th className="max-sm:hidden">Saved</Th>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </tr>
          </THead>
          <TBody>
            {versions.map((version) => (
              <VersionRow key={version.number} version={version} from={from?.number} to={to?.number} choose={versions.length > 1 ? choose : undefined} />
            ))}
          </TBody>
        </Table>
      </Section>
      {from && to && versions.length > 1 && <CompareVersions from={from} to={to} onSwap={() => void setPair({ from: to.number, to: from.number })} />}
    </div>
  );
}

type RowProps = { version: ModelVersion; from: number | undefined; to: number | undefined; choose: ((end: 'from' | 'to', number: number) => void) | undefined };

function VersionRow({ version, from, to, choose }: RowProps) {
  const { number, note, author, createdAt, signedRevision, restoredFrom } = version;
  const words = (
    <>
      <span className="wrap-anywhere">{note || <span className="text-muted">{restoredFrom === null ? (number === 1 ? 'Created' : 'No note') : ''}</span>}</span>
      {restoredFrom !== null && <span className="block text-sm text-muted">Restored from version {restoredFrom}</span>}
    </>
  );
  return (
    <Tr>
      {choose && (
        <>
          <Td className="w-12">
            <input type="radio" name="from" aria-label={`Compare from version ${number}`} checked={number === from} onChange={() => choose('from', number)} className="size-4 align-middle accent-accent" />
          </Td>
          <Td className="w-12">
            <input type="radio" name="to" aria-label={`Compare to version ${number}`} checked={number === to} onChange={() => choose('to', number)} className="size-4 align-middle accent-accent" />
          </Td>
        </>
      )}
      <Td>
        <span className="font-medium tabular">{number}</span>
        {signedRevision !== null && (
          <Badge tone="ok" className="ml-2">
            signed, revision {signedRevision}
          </Badge>
        )}
        <span className="block text-sm sm:hidden">{words}</span>
        <span className="block text-sm text-muted sm:hidden">
          {author.name}, <Time at={createdAt} />
        </span>
      </Td>
      <Td className="min-w-40 max-sm:hidden">{words}</Td>
      <Td className="max-sm:hidden">{author.name}</Td>
      <Td className="whitespace-nowrap text-muted max-sm:hidden">
        <Time at={createdAt} />
      </Td>
      <Td className="text-right">
        <RestoreButton version={version} />
      </Td>
    </Tr>
  );
}

/** Saves what an older version says as the newest one. */
function RestoreButton({ version }: { version: ModelVersion }) {
  const { slug, brand, whyNot } = useBrand();
  const { name, detail, dirty, discard } = useWorkspace();
  const save = useSaveVersion(slug, name);
  const [asking, setAsking] = useState(false);
  if (version.number === detail.latestVersion) return null;
  const unsound = hasErrors(checkDraft(version.headers, { brandId: brand.accountId }));
  const whyNotNow = whyNot('model.edit') ?? (dirty ? 'There are unsaved changes in the editor. Save or discard them first.' : unsound ? 'What this version says is no longer taken.' : undefined);
  const restore = () =>
    save.mutate(
      { baseVersion: detail.latestVersion, headers: version.headers, note: '', restoredFrom: version.number },
      {
        onSuccess: (made) => {
          discard();
          setAsking(false);
          notify.done(`Version ${version.number} is back as version ${made.number}.`);
        },
      },
    );
  return (
    <>
      <Button size="sm" variant="ghost" aria-label={`Restore version ${version.number}`} disabledReason={whyNotNow} onClick={() => setAsking(true)}>
        <History aria-hidden />
        Restore
      </Button>
      <ConfirmDialog open={asking} onOpenChange={setAsking} title={`Restore version ${version.number}?`} confirm={`Restore as version ${detail.latestVersion + 1}`} pending={save.isPending} error={save.error} onConfirm={restore}>
        What version {version.number} says is saved as version {detail.latestVersion + 1}. Nothing is lost: all versions stay.
      </ConfirmDialog>
    </>
  );
}

