import type { NextConfig } from 'next';

const config: NextConfig = {
  // workers/web.ts serves Next and adds the headers; nothing of the framework's own leaks out.
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm test` checks the types of everything; who starts the console need not wait for that.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ['pg', 'pg-boss', 'pino'],
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
};

export default config;
