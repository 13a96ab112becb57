'use client';

import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import { FileSignature, X } from 'lucide-react';
import type { SigningRequestView } from '@/lib/api/models';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { Section } from '../ui/page-header';
import { Table, TBody, Td, Th, THead, Tr } from '../ui/table';
import { Time } from '../ui/time';
import { useCancelSigningRequest } from './mutations';
import { signingRequestsQuery } from './queries';
import { SignOutside } from './sign-outside';
import { useWorkspace } from './workspace';

/** What waits for a signature from outside; nothing when nothing does. */
export function SigningRequests() {
  const { slug } = useBrand();
  const { name } = useWorkspace();
  const { data: waiting = [] } = useQuery(signingRequestsQuery(slug, name));
  const [open, setOpen] = useState<SigningRequestView>();
  return (
    <>
      {waiting.length > 0 && (
        <Section title="Waiting for a signature" description="Asked of a key that is kept offline.">
          <Table label="Waiting for a signature">
            <THead>
              <tr>
                <Th>Revision</Th>
                <Th>Version</Th>
                <Th>Key</Th>
                <Th className="max-sm:hidden">Asked</Th>
                <Th>
                  <span className="sr-only">Actions</span>
                </Th>
              </tr>
            </THead>
            <TBody>
              {waiting.map((asked) => (
                <Tr key={asked.id}>
                  <Td className="font-medium tabular">{asked.revision}</Td>
                  <Td className="tabular">{asked.version}</Td>
                  <Td className="font-mono text-sm">{asked.keyName}</Td>
                  <Td className="max-sm:hidden">
                    <Time at={asked.createdAt} />
                    <span className="block text-sm text-muted">{asked.createdBy.name}</span>
                  </Td>
                  <Td className="text-right whitespace-nowrap">
                    <Button size="sm" aria-label={`Sign revision ${asked.revision}`} onClick={() => setOpen(asked)}>
                      <FileSignature aria-hidden />
                      Sign
                    </Button>
                    <GiveUpButton asked={asked} />
                  </Td>
                </Tr>
              ))}
            </TBody>
          </Table>
        </Section>
      )}
      <SignOutside model={name} asked={open} onClose={() => setOpen(undefined)} />
    </>
  );
}

function GiveUpButton({ asked }: { asked: SigningRequestView }) {
  const { slug, whyNot } = useBrand();
  const { name } = useWorkspace();
  const [asking, setAsking] = useState(false);
  const cancel = useCancelSigningRequest(slug, name);
  return (
    <>
      <Button size="sm" variant="ghost" aria-label={`Give up revision ${asked.revision}`} disabledReason={whyNot('model.sign')} onClick={() => setAsking(true)}>
        <X aria-hidden />
        Give up
      </Button>
      <ConfirmDialog open={asking} onOpenChange={setAsking} title={`Give up revision ${asked.revision}?`} confirm="Give up" pending={cancel.isPending} error={cancel.error} onConfirm={() => cancel.mutate(asked.id, { onSuccess: () => setAsking(false) })}>
        A signature that comes later is not taken any more. The number {asked.revision} is not used again.
      </ConfirmDialog>
    </>
  );
}
