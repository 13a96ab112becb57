'use client';

import { RotateCw } from 'lucide-react';
import type { KeyView } from '@/lib/api/keys';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button } from '../ui/button';
import { useRegisterKey } from './mutations';

const mayBeRegistered = (key: KeyView): boolean => key.state === 'draft' || key.state === 'registering';

/** Asks the store (again) to register the key; nothing for a key that needs it no more. */
export function RegisterButton({ view, size = 'sm', primary = false }: { view: KeyView; size?: 'sm' | 'md'; primary?: boolean }) {
  const { slug, whyNot } = useBrand();
  const register = useRegisterKey(slug);
  if (!mayBeRegistered(view)) return null;
  const again = view.problem !== null || view.state === 'registering';
  const start = () =>
    register.mutate(view.name, {
      onError: notify.failed,
      onSuccess: (key) => {
        if (key.state === 'registered') notify.done(`Key ${key.name} is registered.`, { description: 'It can sign models now.' });
        else if (key.problem) notify.info(`Key ${key.name} is still not registered.`, key.problem);
      },
    });
  return (
    <Button size={size} variant={primary ? 'primary' : 'secondary'} pending={register.isPending} disabledReason={whyNot('key.register')} onClick={start} className="relative z-1">
      {!register.isPending && again && <RotateCw aria-hidden />}
      {again ? 'Retry registration' : 'Register key'}
    </Button>
  );
}
