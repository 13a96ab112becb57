'use client';

import { PageFailed } from '@/components/frame/page-failed';
import './globals.css';

/** The last resort: the layout itself failed, so this brings its own document. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <head>
        <title>Something went wrong · Imprint</title>
      </head>
      <body>
        <main className="mx-auto flex min-h-dvh max-w-160 flex-col justify-center p-4">
          <PageFailed digest={error.digest} retry={reset} />
        </main>
      </body>
    </html>
  );
}
