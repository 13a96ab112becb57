'use client';

import { Download, RotateCw } from 'lucide-react';
import type { KeyView } from '@/lib/api/keys';
import { api } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { CodeBlock } from '../ui/code-block';
import { DownloadButton } from '../ui/link-button';
import { Notice } from '../ui/notice';
import { useLookForKey } from './mutations';

/** Why a key is not registered, and what helps: handing the request to the store, and looking whether it has answered. */
export function Registration({ view }: { view: KeyView }) {
  if (view.state !== 'draft' && view.state !== 'registering') return null;
  const refused = view.state === 'draft' && view.problem !== null;
  return (
    <>
      {refused && (
        <Notice tone="danger" title="The last registration did not succeed">
          {view.problem}
        </Notice>
      )}
      {(view.state === 'registering' || view.custody === 'offline') && <ByHand view={view} />}
    </>
  );
}

/** What somebody can do who has the key or an account with the store, while the store has not issued the account-key. */
function ByHand({ view }: { view: KeyView }) {
  const { slug } = useBrand();
  return (
    <Notice tone="info" title={view.state === 'registering' ? 'It waits for its account-key' : 'Devices do not know it yet'} action={<LookAgain view={view} />}>
      {view.state === 'registering' && <p>{view.problem ?? 'The store has not issued it yet.'}</p>}
      {view.custody === 'offline' ? (
        <>
          <p className="mt-1">To register it by hand, run this on the machine that has the key, then look again here.</p>
          <CodeBlock text={`snapcraft register-key ${view.name}`} label="command" className="mt-2" />
        </>
      ) : (
        <p className="mt-1">
          To register it by hand, give the request to somebody who has an account with the store’s right <code className="font-mono text-sm">modify_account_key</code>, then look again here.{' '}
          <DownloadButton size="sm" variant="ghost" href={api.keyRequest(slug, view.name)} download={`${view.name}.account-key-request`}>
            <Download aria-hidden />
            account-key-request
          </DownloadButton>
        </p>
      )}
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
