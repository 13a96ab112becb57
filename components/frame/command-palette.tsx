'use client';

import { useEffect, useState, type ReactNode } from 'react';
import { useRouter } from 'next/navigation';
import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { FileBadge, Hammer, KeyRound, Monitor, Moon, Plus, Search, Sun } from 'lucide-react';
import type { BuildSummary } from '@/lib/api/builds';
import type { Page } from '@/lib/api/common';
import type { KeyView } from '@/lib/api/keys';
import type { ModelSummary } from '@/lib/api/models';
import { api, paths } from '@/lib/paths';
import { request } from '../api-client';
import { useBrand } from '../brand/brand-context';
import { BuildState } from '../build/build-state';
import { KeyState } from '../key/key-state';
import { Kbd } from '../ui/kbd';
import { SECTIONS } from './sections';
import { setTheme } from './theme';

/** ⌘K: every page, model, key and recent build of the brand, and what one can begin. */
export function CommandPalette() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      setOpen((was) => !was);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Trigger className="flex h-8 shrink-0 items-center gap-2 rounded-md border border-line px-2 text-sm text-muted transition-colors duration-100 hover:border-line-strong hover:text-ink sm:w-52 sm:px-2.5" aria-keyshortcuts="Control+K Meta+K">
        <Search aria-hidden className="size-4" />
        <span className="flex-1 text-left max-sm:sr-only">Search or go to</span>
        <Kbd aria-hidden className="max-sm:hidden">
          ⌘K
        </Kbd>
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 animate-overlay bg-scrim" />
        <Dialog.Content aria-describedby={undefined} className="fixed inset-x-3 top-[10vh] z-50 mx-auto max-w-145 animate-pop overflow-hidden rounded-xl border border-line bg-raised shadow-overlay">
          <Dialog.Title className="sr-only">Search or go to</Dialog.Title>
          <Palette close={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function useThings(slug: string) {
  const ask = <T,>(what: string, url: string) => ({ queryKey: ['palette', slug, what], queryFn: ({ signal }: { signal: AbortSignal }) => request<T>(url, { signal }) });
  const models = useQuery(ask<Page<ModelSummary>>('models', `${api.models(slug)}?limit=200`));
  const keys = useQuery(ask<{ items: KeyView[] }>('keys', api.keys(slug)));
  const builds = useQuery(ask<Page<BuildSummary>>('builds', `${api.builds(slug)}?limit=20`));
  return { models: models.data?.items ?? [], keys: keys.data?.items ?? [], builds: builds.data?.items ?? [], loading: models.isPending || keys.isPending || builds.isPending };
}

function Palette({ close }: { close: () => void }) {
  const { slug, can } = useBrand();
  const router = useRouter();
  const { models, keys, builds, loading } = useThings(slug);
  const go = (href: string) => () => {
    close();
    router.push(href);
  };
  const wear = (theme: 'light' | 'dark' | 'system') => () => {
    close();
    setTheme(theme);
  };
  return (
    <Command label="Search or go to" loop>
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        <Search aria-hidden className="size-4 text-muted" />
        <Command.Input placeholder="A page, a model, a build, an action…" className="h-12 min-w-0 flex-1 bg-transparent text-lg outline-none" />
        <Kbd>Esc</Kbd>
      </div>
      <Command.List className="max-h-[min(60vh,26rem)] scroll-py-2 overflow-y-auto p-2">
        <Command.Empty className="px-3 py-8 text-center text-muted">{loading ? 'Looking…' : 'Nothing here has that name.'}</Command.Empty>
        <Group heading="Begin">
          {can('model.edit') && (
            <Item onSelect={go(paths.newModel(slug))} icon={<Plus />} keywords={['create']}>
              New model
            </Item>
          )}
          {can('key.create') && (
            <Item onSelect={go(`${paths.keys(slug)}?new=true`)} icon={<Plus />} keywords={['create', 'register']}>
              New key
            </Item>
          )}
        </Group>
        <Group heading="Go to">
          {SECTIONS.map(({ name, label, icon: Icon, href }) => (
            <Item key={name} value={`page ${label}`} onSelect={go(href(slug))} icon={<Icon />}>
              {label}
            </Item>
          ))}
        </Group>
        <Group heading="Models">
          {models.map((model) => (
            <Item key={model.name} value={`model ${model.name} ${model.displayName}`} onSelect={go(paths.model(slug, model.name))} icon={<FileBadge />} aside={<span className="font-mono text-xs text-muted">{model.architecture}</span>}>
              {model.displayName || model.name}
            </Item>
          ))}
        </Group>
        <Group heading="Builds">
          {builds.map((build) => (
            <Item key={build.number} value={`build ${build.number} ${build.model}`} onSelect={go(paths.build(slug, build.number))} icon={<Hammer />} aside={<BuildState state={build.state} cancelRequested={build.cancelRequested} />}>
              #{build.number} {build.modelDisplayName || build.model}
            </Item>
          ))}
        </Group>
        <Group heading="Keys">
          {keys.map((key) => (
            <Item key={key.name} value={`key ${key.name}`} onSelect={go(paths.key(slug, key.name))} icon={<KeyRound />} aside={<KeyState state={key.state} />}>
              <span className="font-mono text-sm">{key.name}</span>
            </Item>
          ))}
        </Group>
        <Group heading="Theme">
          <Item onSelect={wear('light')} icon={<Sun />} value="theme light">
            Light
          </Item>
          <Item onSelect={wear('dark')} icon={<Moon />} value="theme dark">
            Dark
          </Item>
          <Item onSelect={wear('system')} icon={<Monitor />} value="theme system">
            As the system
          </Item>
        </Group>
      </Command.List>
    </Command>
  );
}

const Group = ({ heading, children }: { heading: string; children: ReactNode }) => (
  <Command.Group heading={heading} className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted">
    {children}
  </Command.Group>
);

type ItemProps = { onSelect: () => void; icon: ReactNode; children: ReactNode; aside?: ReactNode; value?: string; keywords?: string[] };
const Item = ({ icon, children, aside, ...rest }: ItemProps) => (
  <Command.Item {...rest} className="flex min-h-9 cursor-pointer items-center gap-3 rounded-md px-2 py-1.5 data-[selected=true]:bg-hover [&_svg]:size-4 [&_svg]:shrink-0">
    <span className="text-muted">{icon}</span>
    <span className="min-w-0 flex-1 truncate">{children}</span>
    {aside}
  </Command.Item>
);
