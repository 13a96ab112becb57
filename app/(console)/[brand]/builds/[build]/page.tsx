import type { Metadata } from 'next';
import { BuildPage } from '@/components/build/build-page';
import { buildKey } from '@/components/build/queries';
import { isSettled } from '@/components/build/build-settled';
import { Hydrate } from '@/components/hydrate';
import { getBuild, readLog } from '@/db/builds';
import { brandContext } from '@/app/auth';
import { numberOrNotFound, orNotFound } from '@/app/(console)/or-not-found';

type Props = { params: Promise<{ brand: string; build: string }> };

/** More lines than this come by the stream. */
const FIRST_LINES = 1_000;

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: `Build #${numberOrNotFound((await params).build)}` };
}

export default async function Page({ params }: Props) {
  const { brand, build: segment } = await params;
  const number = numberOrNotFound(segment);
  const ctx = await brandContext(brand);
  // The view first: a line that comes after it is told again by the stream, a state that comes after it as well.
  const build = await orNotFound(getBuild(ctx, number));
  const log = await readLog(ctx, number, 0, FIRST_LINES);
  return (
    <Hydrate loaded={[[buildKey(ctx.brand.slug, number), build]]}>
      <BuildPage key={number} number={number} log={log} complete={isSettled(build) && log.length < FIRST_LINES} />
    </Hydrate>
  );
}
