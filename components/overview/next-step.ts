import type { Verb } from '@/lib/access';
import type { BuildSummary } from '@/lib/api/builds';
import type { Overview } from '@/lib/api/people';
import { paths } from '@/lib/paths';

export type StepName = keyof Overview['checklist'];
export type Step = { name: StepName; done: boolean; title: string; why: string; /** The verb on the button. */ action: string; href: string; verb: Verb };

/** What is known of the brand's things, so that a step leads right to where it is done. */
type Known = { /** The newest model's name. */ model: string | undefined; builds: BuildSummary[] };

/** The way from nothing to a link, in order. */
export function stepsOf(brand: string, { checklist, counts }: Overview, { model, builds }: Known): Step[] {
  const built = builds.find((build) => build.state === 'succeeded');
  const going = builds.find((build) => build.state === 'queued' || build.state === 'running');
  const models = model ? paths.model(brand, model) : paths.models(brand);
  return [
    { name: 'keyReady', done: checklist.keyReady, title: 'Have a signing key', why: 'Made here, sealed here, registered with the store.', action: 'New key', href: `${paths.keys(brand)}?new=true`, verb: 'key.create' },
    counts.models === 0
      ? { name: 'modelSigned', done: checklist.modelSigned, title: 'Sign a model', why: 'A model says what a device is: board, snaps, channels.', action: 'New model', href: paths.newModel(brand), verb: 'model.edit' }
      : { name: 'modelSigned', done: checklist.modelSigned, title: 'Sign a model', why: 'A signature makes a version binding for devices.', action: 'Sign model', href: models, verb: 'model.sign' },
    going
      ? { name: 'imageBuilt', done: checklist.imageBuilt, title: 'Build an image', why: `Build #${going.number} is on its way.`, action: 'Watch build', href: paths.build(brand, going.number), verb: 'brand.read' }
      : { name: 'imageBuilt', done: checklist.imageBuilt, title: 'Build an image', why: 'Snaps are fetched, verified and put into a bootable image.', action: 'Build image', href: models, verb: 'build.request' },
    { name: 'linkShared', done: checklist.linkShared, title: 'Share a link', why: 'For whoever flashes the device; no account needed.', action: 'Share', href: built ? `${paths.build(brand, built.number)}?share=true` : paths.builds(brand), verb: 'share.create' },
  ];
}
