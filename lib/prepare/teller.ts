import type { Warning } from '../warnings';

/** What a step may do beside its work: tell how far it is, what it did, and stop when asked to. */
export type Teller = {
  signal: AbortSignal;
  progress(bytesDone: number, bytesTotal?: number): void;
  log(text: string, level?: 'info' | 'warning' | 'error'): void;
  /** What happened, in plain words; shown once the step is done. */
  say(sentence: string): void;
};

/** Tells of each as it is found. */
export function warn(teller: Pick<Teller, 'log'>, warnings: readonly Warning[]): void {
  for (const { message } of warnings) teller.log(message, 'warning');
}

/** `34.2 MB`, `1.2 GB`: powers of ten, as disks are sold. */
export function inMegabytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

export const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;
