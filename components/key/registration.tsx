'use client';

import { Download, RotateCw } from 'lucide-react';
import type { KeyView } from '@/lib/api/keys';
import { api } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { DownloadButton } from '../ui/link-button';
import { Notice } from '../ui/notice';
import { useLookForKey } from './mutations';

/** Why a key is not registered, and what helps: handing the request to the store, and looking whether it has answered. */
export function Registration({ view }: { view: KeyView }) {
  const { slug } = useBrand();
  if (view.state !== 'draft' && view.state !== 'registering') return null;
  if (view.state === 'draft') {
    return view.problem ? (
      <Notice tone="danger" title="The last registration did not succeed">
        {view.problem}
      </Notice>
    ) : null;
  }
  return (
    <Notice tone="info" title="It waits for its account-key" action={<LookAgain view={view} />}>
      <p>{view.problem ?? 'The store has not issued it yet.'}</p>
      <p className="mt-1">
        By hand: send the account-key-request to the dashboard of your store, then look again.{' '}
        <DownloadButton size="sm" variant="ghost" href={api.keyRequest(slug, view.name)} download={`${view.name}.account-key-request`}>
          <Download aria-hidden />
          account-key-request
        </DownloadButton>
      </p>
    </Notice>
  );
}

export function LookAgain({ view }: { view: KeyView }) {
  const { slug, whyNot } = useBrand();
  const look = useLookForKey(slug);
  const start = () =>
    look.mutate(view.name, {
      onError: notify.failed,
      onSuccess: (key) => {
        if (key.state !== 'registering' && key.state !== 'draft') notify.done(`The store knows key ${key.name}.`, { description: 'Its dates and limits are up to date.' });
        else notify.info(`The store has no account-key for ${key.name} yet.`, 'Look again in a minute.');
      },
    });
  return (
    <Button size="sm" pending={look.isPending} disabledReason={whyNot('key.register')} onClick={start}>
      {!look.isPending && <RotateCw aria-hidden />}
      Look again
    </Button>
  );
}
