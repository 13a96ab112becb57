import { defineConfig } from 'vitest/config';

const node = { environment: 'node' as const };

export default defineConfig({
  resolve: { alias: { '@': import.meta.dirname } },
  test: {
    // Vitest leaves one processor to itself, half of a small machine; it hardly needs it.
    maxWorkers: '100%',
    projects: [
      { extends: true, test: { ...node, name: 'unit', include: ['lib/**/*.test.ts', 'app/**/*.test.ts', 'components/**/*.test.ts', 'scripts/**/*.test.ts'], testTimeout: 30_000 } },
      { extends: true, test: { ...node, name: 'db', include: ['db/**/*.test.ts'], globalSetup: ['db/testing/postgres.ts'], testTimeout: 30_000, hookTimeout: 60_000 } },
      { extends: true, test: { ...node, name: 'worker', include: ['workers/**/*.test.ts'], exclude: ['workers/build/boot/**'], globalSetup: ['db/testing/postgres.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
      { extends: true, test: { ...node, name: 'boot', include: ['workers/build/boot/**/*.test.ts'], globalSetup: ['db/testing/postgres.ts'], fileParallelism: false, testTimeout: 600_000 } },
    ],
  },
});
