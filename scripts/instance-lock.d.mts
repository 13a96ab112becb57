export type LockHolder = { pid: number; startedAt: string | null; url: string };
export function takeLock(file: string, url: string): { release(): void; holder?: undefined } | { holder: LockHolder; release?: undefined };
export function readHolder(file: string): LockHolder | undefined;
