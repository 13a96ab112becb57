import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { followOutput } from './child-log';
import { LogFile } from './log-file';
import { hashSources } from './source-hash';
import type { Variables } from './settings';

/** Exit code of the step where this machine cannot make the snaps, as against what went wrong. */
const CANNOT = 3;
const SOURCES = ['workers/embedded/snaps', 'workers/embedded/store/stock.ts', 'package-lock.json'];

type Options = { root: string; dataDir: string; logDir: string; env: Variables; say: (line: string) => void; signal: AbortSignal };

/** Puts the demo snaps into the embedded store, unless this very recipe's are there. A machine that cannot make them is told so and does without. */
export async function stockDemo({ root, dataDir, logDir, env, say, signal }: Options): Promise<void> {
  const stamp = join(dataDir, 'store', 'stocked');
  const { IMPRINT_DEMO_ARCHITECTURES: architectures } = parseEnv(env);
  const wanted = `${await hashSources(root, SOURCES)} ${architectures.join(',')}`;
  if ((await readFile(stamp, 'utf8').catch(() => '')) === wanted) return;
  say(`Making the demo snaps for the embedded Snap Store (${architectures.join(', ')}; half a minute or so, once)`);
  const child = spawn(process.execPath, ['--import', join(root, 'scripts/die-with-parent.mjs'), '--import', 'tsx', join(root, 'workers/embedded/snaps/main.ts')], {
    cwd: root,
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    signal,
  });
  const log = new LogFile(join(logDir, 'demo-snaps.log'));
  const newest = followOutput([child.stdout!, child.stderr!], log, (line) => say(`  ${line}`));
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done));
  log.close();
  if (code === CANNOT) return say('  Without them there is nothing to build such images from; everything else works.');
  if (code !== 0) throw new AppError('demo-snaps-failed', `The demo snaps could not be made. The whole report is in ${join(logDir, 'demo-snaps.log')}; it ends with:\n\n${newest()}`);
  await writeFile(stamp, wanted);
}
