import { execFileSync } from 'node:child_process';

const env = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  MTOOLSRC: '/dev/null',
  MTOOLS_SKIP_CHECK: '1',
} as unknown as NodeJS.ProcessEnv;
/** For tests: what system tools are run with. */
export const TOOL_ENV = env;

/** For tests: what a system tool says. Throws when it fails. */
export const tool = (name: string, ...args: string[]): string =>
  execFileSync(name, args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

export type Partition = { number: number; start: number; size: number };

/** For tests: the partitions of an image, in bytes, as fdisk reads them; it knows sectors of both sizes. */
export function partitionsOf(image: string, sectorBytes: number): Partition[] {
  const lines = tool('fdisk', '-b', String(sectorBytes), '-l', '-o', 'Device,Start,Sectors', image).split(
    '\n',
  );
  return lines.flatMap((line) => {
    const match = /(\d+)\s+(\d+)\s+(\d+)$/.exec(line);
    return match && line.startsWith(image)
      ? [
          {
            number: Number(match[1]),
            start: Number(match[2]) * sectorBytes,
            size: Number(match[3]) * sectorBytes,
          },
        ]
      : [];
  });
}

export const readFirst = (file: string, length: number): Buffer =>
  execFileSync('head', ['-c', String(length), file]);

/** For tests: the bytes of a partition as a file. */
export function cutOut(image: string, { start, size }: Partition, to: string): void {
  tool(
    'dd',
    `if=${image}`,
    `of=${to}`,
    'bs=64K',
    'iflag=skip_bytes,count_bytes',
    'conv=sparse',
    `skip=${start}`,
    `count=${size}`,
    'status=none',
  );
  tool('truncate', '-s', String(size), to);
}
