'use client';

import { useState } from 'react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Download, Replace } from 'lucide-react';
import type { BuildKeyView } from '@/lib/api/build-keys';
import { api } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { Digest } from '../ui/digest';
import { plural } from '../ui/format';
import { DownloadButton } from '../ui/link-button';
import { Section } from '../ui/page-header';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Time } from '../ui/time';
import { useReplaceBuildKey } from './mutations';
import { buildKeysQuery } from './queries';

/** The keys that sign what is told of images: the one that does, and those that did, by which old provenance is still verified. */
export function BuildKeys() {
  const { slug } = useBrand();
  const { data: keys } = useSuspenseQuery(buildKeysQuery(slug));
  return (
    <Section
      title="Build key"
      description="Signs who built your images out of what. Give its public half to those who check them."
      actions={keys.length > 0 && <ReplaceBuildKey />}
    >
      {keys.length === 0 ? <p className="text-muted">Imprint makes it with your first image.</p> : <BuildKeyTable keys={keys} />}
    </Section>
  );
}

function BuildKeyTable({ keys }: { keys: BuildKeyView[] }) {
  const { slug } = useBrand();
  return (
    <Table label="Build keys">
      <THead>
        <tr>
          <Th>Key id</Th>
          <Th>State</Th>
          <Th className="max-md:hidden">Made</Th>
          <Th className="max-sm:hidden">Signed</Th>
          <Th>
            <span className="sr-only">Public half</span>
          </Th>
        </tr>
      </THead>
      <TBody>
        {keys.map((key) => (
          <Tr key={key.keyId}>
            <Td>
              <Digest value={key.keyId} label="id of the build key" />
            </Td>
            <Td>
              {key.replacedAt === null ? (
                'signs now'
              ) : (
                <span className="text-muted">
                  replaced <Time at={key.replacedAt} />
                </span>
              )}
            </Td>
            <Td className="max-md:hidden">
              <Time at={key.createdAt} /> <span className="text-muted">{key.createdBy ? `by ${key.createdBy.name}` : 'by Imprint'}</span>
            </Td>
            <Td className="whitespace-nowrap text-muted max-sm:hidden">{key.builds === 0 ? 'nothing yet' : plural(key.builds, 'build')}</Td>
            <Td className="text-right">
              <DownloadButton href={api.buildKey(slug, key.keyId)} download size="sm" variant="secondary" aria-label={`Download the public half of build key ${key.keyId.slice(0, 12)}`}>
                <Download aria-hidden />
                <span className="max-sm:sr-only">Public half</span>
              </DownloadButton>
            </Td>
          </Tr>
        ))}
      </TBody>
    </Table>
  );
}

function ReplaceBuildKey() {
  const { slug, whyNot } = useBrand();
  const replace = useReplaceBuildKey(slug);
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button size="sm" disabledReason={whyNot('key.create')} onClick={() => setAsking(true)}>
        <Replace aria-hidden />
        New build key
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title="Make a new build key?"
        confirm="Make new key"
        pending={replace.isPending}
        error={replace.error}
        onConfirm={() =>
          replace.mutate(undefined, {
            onSuccess: () => {
              setAsking(false);
              notify.done('The new build key signs from now on.', { description: 'Give its public half to whoever checks your images.' });
            },
          })
        }
      >
        <p>Images that are built from now on are signed with it. The private half of the present key is destroyed and does not come back; its public half stays here, so that everything it has signed can still be checked.</p>
      </ConfirmDialog>
    </>
  );
}
