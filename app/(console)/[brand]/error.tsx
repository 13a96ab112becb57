'use client';

import { PageFailed } from '@/components/frame/page-failed';

export default function BrandError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return <PageFailed digest={error.digest} retry={reset} />;
}
