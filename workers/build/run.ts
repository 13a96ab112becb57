import type { Stage } from '@/lib/build/states';
import type { Teller } from '@/lib/prepare/teller';
import { Packer } from '@/lib/storage/packer';
import { holdBlobs } from '@/db/blobs';
import { appendLog, recordStage } from '@/db/build-progress';
import type { NewLogLine, StagePatch, TakenBuild } from '@/db/build-progress';
import { LeaseLost } from './failures';
import { heldCache, heldStore, holder } from './held';
import type { Services } from './services';

/** Often enough to look alive, seldom enough to cost nothing. */
const PROGRESS_MS = 200;

export type BuildRun = {
  taken: TakenBuild;
  owner: string;
  services: Services;
  signal: AbortSignal;
  /** The stage that runs, or ran last. */
  current: Stage | null;
  /** What was put into the store of artifacts, to be removed when it is not published. */
  stored: string[];
  /** Every line of the log so far, as it is published with the image. */
  logged: string[];
  /** Says that nobody may remove these blobs, in the store or in the cache, before the build is over. Whatever is asked of `services` is held by itself; many at once are held faster. Throws LeaseLost. */
  hold(blobs: string[]): Promise<void>;
  /** To be closed when the build is over. */
  packer: Packer;
  /** Of a stored blob, without holding it: for whoever has it locked. In bytes; undefined when it is not there. */
  sizeOf(sha3_384: string): Promise<number | undefined>;
  stage<T>(name: Stage, work: (teller: Teller) => Promise<T>): Promise<T>;
};

export function startRun({ taken, owner, services, signal }: Pick<BuildRun, 'taken' | 'owner' | 'services' | 'signal'>): BuildRun {
  const { db } = services;
  const record = async (stage: Stage, patch: StagePatch) => {
    if (!(await recordStage(db, taken.buildId, owner, stage, patch))) throw new LeaseLost();
  };

  const hold = holder(async (blobs) => {
    if (!(await holdBlobs(db, taken.buildId, owner, blobs))) throw new LeaseLost();
  });

  const run: BuildRun = {
    taken,
    owner,
    services: { ...services, blobs: heldStore(services.blobs, hold), cache: heldCache(services.cache, hold) },
    signal,
    hold,
    packer: new Packer(),
    sizeOf: async (sha3_384) => (await services.blobs.stat(sha3_384))?.sizeBytes,
    current: null,
    stored: [],
    logged: [],
    async stage(name, work) {
      signal.throwIfAborted();
      run.current = name;
      const writer = startWriter((patch) => record(name, patch), async (lines) => {
        if (!(await appendLog(db, taken.buildId, owner, lines.map((line) => ({ ...line, stage: name }))))) throw new LeaseLost();
        run.logged.push(...lines.map((line) => `${name}: ${line.text}`));
      });
      await record(name, { state: 'running' });
      try {
        const result = await work({ signal, progress: writer.progress, log: writer.log, say: writer.say });
        await writer.flush();
        signal.throwIfAborted();
        await record(name, { state: 'done', ...writer.last() });
        return result;
      } finally {
        // What was logged before a failure is worth reading; a second failure would only hide the first.
        await writer.flush().catch((error: unknown) => services.log.warn({ err: error, build: taken.buildId }, 'progress was not written'));
      }
    },
  };
  return run;
}

type Line = Omit<NewLogLine, 'stage'>;

/** Gathers progress and log lines and writes them one after the other, never two at once. */
function startWriter(writePatch: (patch: StagePatch) => Promise<void>, writeLines: (lines: Line[]) => Promise<void>) {
  let lines: Line[] = [];
  let patch: StagePatch = {};
  let dirty = false;
  let wroteAt = 0;
  let writing: Promise<void> = Promise.resolve();
  let failed: unknown;

  const write = () => {
    const mine = lines;
    const isDirty = dirty;
    lines = [];
    dirty = false;
    wroteAt = Date.now();
    writing = writing.then(async () => {
      if (mine.length > 0) await writeLines(mine);
      if (isDirty) await writePatch(patch);
    });
    writing.catch((error: unknown) => (failed ??= error));
  };
  const soon = () => {
    if (Date.now() - wroteAt >= PROGRESS_MS) write();
  };

  return {
    progress(bytesDone: number, bytesTotal?: number) {
      if (failed) throw failed;
      patch = { ...patch, bytesDone, ...(bytesTotal === undefined ? {} : { bytesTotal }) };
      dirty = true;
      soon();
    },
    log(text: string, level: Line['level'] = 'info') {
      lines.push({ text, level });
      soon();
    },
    say(sentence: string) {
      patch = { ...patch, sentence };
      lines.push({ text: sentence, level: 'info' });
    },
    last: () => patch,
    async flush() {
      if (lines.length > 0 || dirty) write();
      await writing;
    },
  };
}
