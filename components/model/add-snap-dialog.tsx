'use client';

import { useDeferredValue, useState } from 'react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Check, Plus, SearchX } from 'lucide-react';
import { AppError } from '@/lib/errors';
import { addSnap, missingBase, snapRows } from '@/lib/model/edit';
import { useBrand } from '../brand/brand-context';
import { Badge } from '../ui/badge';
import { Button } from '../ui/button';
import { Dialog, DialogContent } from '../ui/dialog';
import { EmptyState } from '../ui/empty-state';
import { messageOf } from '../ui/error-message';
import { Notice } from '../ui/notice';
import { SearchInput } from '../ui/search-input';
import { Skeleton } from '../ui/skeleton';
import { Publisher } from '../snap/publisher';
import { snapQuery, snapSearchQuery } from './queries';
import { SnapTypeIcon, snapTypeWord } from '../snap/snap-type';
import { useWorkspace } from './workspace';

/** Finds a snap in the store and adds it with id, type, channel, and, if one agrees, the base it needs. */
export function AddSnapDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      {open && (
        <DialogContent width="lg" title="Add a snap" description="From the store of this console. Id, type and channel are filled in.">
          <AddSnap close={() => onOpenChange(false)} />
        </DialogContent>
      )}
    </Dialog>
  );
}

type Lacking = { snap: string; base: string };

function AddSnap({ close }: { close: () => void }) {
  const { slug } = useBrand();
  const client = useQueryClient();
  const { draft, edit } = useWorkspace();
  const architecture = typeof draft.architecture === 'string' ? draft.architecture : '';
  const [text, setText] = useState('');
  const q = useDeferredValue(text.trim());
  const found = useQuery(snapSearchQuery(slug, q, architecture));
  const [busy, setBusy] = useState<string | undefined>();
  const [error, setError] = useState<unknown>();
  const [lacking, setLacking] = useState<Lacking | undefined>();
  const rows = snapRows(draft);

  const add = async (name: string) => {
    setBusy(name);
    setError(undefined);
    try {
      const snap = await client.fetchQuery(snapQuery(slug, name, architecture));
      if (!snap) throw new AppError('not-found', `The store has no snap named ${name} for ${architecture}.`);
      const base = missingBase(addSnap(draft, snap), snap);
      edit((d) => addSnap(d, snap));
      setLacking(base ? { snap: name, base } : undefined);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(undefined);
    }
  };

  return (
    // A long publisher must not make the dialog wider than a phone.
    <div className="grid grid-cols-[minmax(0,1fr)]">
      <SearchInput autoFocus label="Search the store" placeholder="Name or what it does" value={text} onValueChange={setText} busy={found.isFetching} />
      {lacking && (
        <Notice
          tone="warning"
          role="status"
          className="mt-3"
          title={`${lacking.snap} needs ${lacking.base}`}
          action={
            <Button size="sm" variant="primary" pending={busy === lacking.base} onClick={() => void add(lacking.base)}>
              Add {lacking.base} too
            </Button>
          }
        >
          It is the base that {lacking.snap} runs on, and the model does not list it. No image is built without it.
        </Notice>
      )}
      {(error ?? found.error) != null && (
        <Notice tone="danger" role="alert" className="mt-3">
          {messageOf(error ?? found.error)}
        </Notice>
      )}
      <p role="status" className="sr-only">
        {found.data ? `${found.data.length} found` : ''}
      </p>
      <ul className="mt-3 max-h-[50vh] min-h-40 divide-y divide-line overflow-y-auto" aria-label="Snaps found">
        {found.isPending && !found.error && Array.from({ length: 4 }, (_, i) => <ResultSkeleton key={i} />)}
        {found.data?.map((snap) => {
          const there = rows.some((row) => row.name === snap.name);
          const replaced = there || !['gadget', 'kernel', 'snapd'].includes(snap.type) ? undefined : rows.find((row) => row.type === snap.type)?.name;
          return (
            <li key={snap.snapId} className="flex items-center gap-3 py-3 pr-1">
              <SnapTypeIcon type={snap.type} />
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2">
                  <span className="font-mono text-sm font-medium wrap-anywhere">{snap.name}</span>
                  {snap.type !== 'app' && <Badge>{snapTypeWord(snap.type)}</Badge>}
                  <span className="min-w-0 truncate text-sm text-muted">
                    <Publisher publisher={snap.publisher} />
                  </span>
                </p>
                <p className="line-clamp-2 text-sm text-muted">{snap.summary}</p>
              </div>
              {there ? (
                <span className="flex items-center gap-1.5 text-sm whitespace-nowrap text-ok">
                  <Check aria-hidden className="size-4" />
                  In the model
                </span>
              ) : (
                <Button size="sm" pending={busy === snap.name} onClick={() => void add(snap.name)} aria-label={replaced ? `Replace ${replaced} by ${snap.name}` : `Add ${snap.name}`}>
                  {!replaced && <Plus aria-hidden />}
                  {replaced ? `Replace ${replaced}` : 'Add'}
                </Button>
              )}
            </li>
          );
        })}
        {found.data?.length === 0 && (
          <li>
            <EmptyState icon={SearchX} title="Nothing found" className="my-3 py-8">
              The store has no snap {q ? <>for “{q}”</> : 'to show'} on {architecture || 'this architecture'}.
            </EmptyState>
          </li>
        )}
      </ul>
      <div className="mt-4 flex">
        <Button variant={lacking ? 'secondary' : 'primary'} onClick={close}>
          Done
        </Button>
      </div>
    </div>
  );
}

const ResultSkeleton = () => (
  <li className="flex items-center gap-3 py-3">
    <Skeleton className="size-9 rounded-lg" />
    <span className="flex-1">
      <Skeleton className="h-4 w-32" />
      <Skeleton className="mt-1.5 h-4 w-56 max-w-full" />
    </span>
    <Skeleton className="h-7 w-16" />
  </li>
);

