import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { GeistMono } from 'geist/font/mono';
import { GeistSans } from 'geist/font/sans';
import { Providers } from '@/components/providers';
import './globals.css';

export const metadata: Metadata = {
  title: { default: 'Imprint', template: '%s · Imprint' },
  description: 'Keys, models, signatures, images and links for Ubuntu Core brands.',
  robots: { index: false, follow: false },
  referrer: 'same-origin',
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  colorScheme: 'light dark',
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#120f12' },
  ],
};

/** Runs before the first paint, so that neither a chosen theme nor the rail's width flashes; without a choice CSS follows the system by itself. */
const chosenLook = `{let h=document.documentElement;try{let t=localStorage.getItem('theme');if(t==='light'||t==='dark')h.classList.add(t);if(localStorage.getItem('rail')==='narrow')h.dataset.rail='narrow'}catch{h.dataset.storage='none'}}`;

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html lang="en" className={`${GeistSans.variable} ${GeistMono.variable}`} suppressHydrationWarning>
      <head>
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: chosenLook }} />
      </head>
      <body>
        <Providers>{children}</Providers>
      </body>
    </html>
  );
}
