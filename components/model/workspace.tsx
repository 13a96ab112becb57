'use client';

import { createContext, useContext, useEffect, useMemo, type ReactNode } from 'react';
import { useQueries, useSuspenseQuery } from '@tanstack/react-query';
import type { KeyView } from '@/lib/api/keys';
import type { DraftHeaders, ModelDetail, ModelVersion } from '@/lib/api/models';
import type { SnapView } from '@/lib/api/snaps';
import type { Problem } from '@/lib/errors';
import { checkDraft } from '@/lib/model/check';
import { describeChanges } from '@/lib/model/diff';
import { snapRows } from '@/lib/model/edit';
import { previewModel, type Preview } from '@/lib/model/preview';
import { useBrand } from '../brand/brand-context';
import { keysQuery } from '../key/queries';
import { useNow } from '../ui/clock';
import { modelQuery, snapQuery, versionsQuery } from './queries';
import { keepUnsaved, peekUnsaved, unsavedKey, useUnsaved, type Unsaved } from './unsaved';

export type Workspace = {
  name: string;
  detail: ModelDetail;
  /** Newest first. */
  versions: ModelVersion[];
  keys: KeyView[];
  /** The version that the draft started from. */
  started: ModelVersion;
  draft: DraftHeaders;
  dirty: boolean;
  /** Somebody saved a newer version while this draft was being edited. */
  overtaken: boolean;
  problems: Problem[];
  preview: Preview;
  /** The text of the version that the draft started from, written as the preview is. */
  savedText: string;
  /** By name; null for a snap that the store does not have; missing while it is being asked, or when it cannot be. */
  snaps: ReadonlyMap<string, SnapView | null>;
  edit: (change: (draft: DraftHeaders) => DraftHeaders) => void;
  /** Throws the changes away and goes on from the latest version. */
  discard: () => void;
};

const Context = createContext<Workspace | undefined>(undefined);

export function useWorkspace(): Workspace {
  const workspace = useContext(Context);
  if (!workspace) throw new Error('useWorkspace outside of a model’s pages');
  return workspace;
}

const MINUTE = 60_000;

const wasRegistered = (key: KeyView): boolean => key.since !== null && key.state !== 'retired';

const data = (results: { data: SnapView | null | undefined }[]) => results.map((result) => result.data);

function useSnaps(brand: string, draft: DraftHeaders): ReadonlyMap<string, SnapView | null> {
  const architecture = typeof draft.architecture === 'string' ? draft.architecture : '';
  const names = useMemo(() => [...new Set(snapRows(draft).map((row) => row.name))].filter((name) => name !== ''), [draft]);
  const views = useQueries({ queries: names.map((name) => ({ ...snapQuery(brand, name, architecture), enabled: architecture !== '' })), combine: data });
  return useMemo(() => new Map(names.flatMap((name, i) => (views[i] === undefined ? [] : [[name, views[i]] as const]))), [names, views]);
}

/** The kept work, or the latest version when nothing of it differs from what it started from. */
function goOn(unsaved: Unsaved | undefined, versions: ModelVersion[], latest: ModelVersion): { started: ModelVersion; draft: DraftHeaders } {
  const started = unsaved && versions.find((version) => version.number === unsaved.started);
  if (!unsaved || !started) return { started: latest, draft: latest.headers };
  if (started.number !== latest.number && describeChanges(started.headers, unsaved.draft).length === 0) return { started: latest, draft: latest.headers };
  return { started, draft: unsaved.draft };
}

/** One draft for all tabs of a model: its edits, its checks and its text. */
export function ModelWorkspace({ name, children }: { name: string; children: ReactNode }) {
  const { slug, brand } = useBrand();
  const { data: detail } = useSuspenseQuery(modelQuery(slug, name));
  const { data: versions } = useSuspenseQuery(versionsQuery(slug, name));
  const { data: keys } = useSuspenseQuery(keysQuery(slug));
  const key = unsavedKey(slug, name);
  const unsaved = useUnsaved(key);
  const latest = versions[0]?.number === detail.latestVersion ? versions[0] : detail.latest;
  const { started, draft } = useMemo(() => goOn(unsaved, versions, latest), [unsaved, versions, latest]);
  const snaps = useSnaps(slug, draft);

  const revision = detail.nextRevision;
  const asSigned = useMemo(() => ({ brandId: brand.accountId, revision }), [brand.accountId, revision]);
  const preview = useMemo(() => previewModel(draft, asSigned), [draft, asSigned]);
  const savedText = useMemo(() => previewModel(started.headers, asSigned).text, [started, asSigned]);
  // The end of this minute: a key that was registered a moment ago is valid by then.
  const time = new Date((Math.floor(useNow() / MINUTE) + 1) * MINUTE).toISOString();
  const problems = useMemo(() => checkDraft(draft, { brandId: brand.accountId, snaps, keys: keys.filter(wasRegistered), time }), [draft, brand.accountId, snaps, keys, time]);
  const dirty = preview.text !== savedText || preview.left.length > 0;

  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);

  const workspace: Workspace = {
    ...{ name, detail, versions, keys, started, draft, dirty, problems, preview, savedText, snaps },
    overtaken: dirty && detail.latestVersion > started.number,
    edit: (change) => {
      const kept = peekUnsaved(key);
      keepUnsaved(key, { started: started.number, draft: change(kept?.started === started.number ? kept.draft : started.headers) });
    },
    discard: () => keepUnsaved(key, undefined),
  };
  return <Context value={workspace}>{children}</Context>;
}
