'use client';

import { useState } from 'react';
import type { TokenView } from '@/lib/api/tokens';
import { useBrand } from '../brand/brand-context';
import { Button } from '../ui/button';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { useRevokeToken } from './mutations';

/** Also of one that rests: it would wake. */
export function RevokeToken({ token }: { token: TokenView }) {
  const { slug, whyNot } = useBrand();
  const revoke = useRevokeToken(slug);
  const [asking, setAsking] = useState(false);
  if (token.state === 'revoked' || token.state === 'expired') return null;
  return (
    <>
      <Button size="sm" variant="ghost" aria-label={`Revoke ${token.name}`} disabledReason={whyNot('token.revoke')} onClick={() => setAsking(true)}>
        Revoke
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Revoke API token ${token.name}?`}
        confirm="Revoke token"
        danger
        pending={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate(token.id, { onSuccess: () => setAsking(false) })}
      >
        <p>
          Whatever uses it is refused at once, and this cannot be undone. {token.mine ? 'A new token can be made at any time.' : `It acts for ${token.owner.name}, who can make a new one.`}
        </p>
      </ConfirmDialog>
    </>
  );
}
