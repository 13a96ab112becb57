'use client';

import { useRouter } from 'next/navigation';
import { Hammer } from 'lucide-react';
import { paths } from '@/lib/paths';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { useRequestBuild } from './mutations';

type Props = {
  model: string;
  /** The signed revision to build; the newest when absent. */
  revision?: number;
  label?: string;
  variant?: 'primary' | 'secondary';
  size?: 'sm' | 'md';
  /** Why there is nothing to build yet: the model is not signed. */
  blocked?: string;
};

/** Requests a build and goes to its page. */
export function BuildButton({ model, revision, label = 'Build image', variant = 'primary', size = 'md', blocked }: Props) {
  const { slug, whyNot } = useBrand();
  const router = useRouter();
  const build = useRequestBuild(slug);
  const start = () => build.mutate({ model, revision }, { onSuccess: ({ number }) => router.push(paths.build(slug, number)), onError: notify.failed });
  return (
    <Button variant={variant} size={size} pending={build.isPending} disabledReason={whyNot('build.request') ?? blocked} onClick={start}>
      {!build.isPending && <Hammer aria-hidden />}
      {label}
    </Button>
  );
}
