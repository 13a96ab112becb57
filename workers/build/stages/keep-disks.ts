import type { PreparedImage } from '@/lib/prepare/prepare-image';
import type { Teller } from '@/lib/prepare/teller';
import type { KeptDisk } from '../manifest';
import type { BuildRun } from '../run';
import { keepImage } from './keep-image';

/** The disk of each volume, one after the other, so that the memory is that of one. */
export async function keepDisks(run: BuildRun, stage: Teller, { images, paths }: Pick<PreparedImage, 'images' | 'paths'>): Promise<KeptDisk[]> {
  const isOne = images.length === 1;
  const kept: KeptDisk[] = [];
  const said: string[] = [];
  for (const { volume, plan } of images) {
    const say = (sentence: string) => void said.push(isOne ? sentence : `${volume}: ${sentence}`);
    kept.push({ volume: isOne ? '' : volume, ...(await keepImage(run, { ...stage, say }, { plan, paths })) });
  }
  stage.say(said.join(' '));
  return kept;
}
