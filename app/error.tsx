'use client';

import { PageFailed } from '@/components/frame/page-failed';

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <main className="mx-auto flex min-h-dvh max-w-160 flex-col justify-center p-4">
      <PageFailed digest={error.digest} retry={reset} />
    </main>
  );
}
