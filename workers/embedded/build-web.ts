import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@/lib/errors';
import { followOutput } from './child-log';
import { LogFile } from './log-file';
import { hashSources } from './source-hash';
import type { Variables } from './settings';

/** What the pages are made of. */
const SOURCES = ['app', 'components', 'db', 'lib', 'public', 'next.config.ts', 'postcss.config.mjs', 'tsconfig.json', 'package-lock.json'];

type Options = { root: string; logDir: string; env: Variables; say: (line: string) => void; signal: AbortSignal };

/** Runs `next build` when the sources are not those of the last one. Throws AppError `build-failed` with the end of what it said. */
export async function buildWeb({ root, logDir, env, say, signal }: Options): Promise<void> {
  const stamp = join(root, '.next', 'imprint-sources');
  const wanted = await hashSources(root, SOURCES);
  if (existsSync(join(root, '.next', 'BUILD_ID')) && (await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  say('Building the pages (half a minute or so)');
  await rm(stamp, { force: true });
  const log = new LogFile(join(logDir, 'build.log'));
  const child = spawn(process.execPath, [join(root, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: root,
    env: { ...env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const newest = followOutput([child.stdout, child.stderr], log, () => undefined);
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  log.close();
  if (code !== 0) throw new AppError('build-failed', `The pages could not be built. The whole report is in ${join(logDir, 'build.log')}; it ends with:\n\n${newest()}`);
  await writeFile(stamp, wanted);
}
