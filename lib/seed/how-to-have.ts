import type { Model } from '../model/model';

/** Names of the model's optional snaps, and of all that are seeded, in whatever mode. */
export type Listed = { optional: readonly string[]; seeded: readonly string[] };

/** What to do for a snap that is needed in a mode and is not there, by whether the model has it after all. */
export function howToHave(name: string, mode: string, { optional, seeded }: Listed): string {
  if (seeded.includes(name)) return `${name} is there in other modes: add ${mode} to its modes in the model.`;
  if (!optional.includes(name)) return `Add ${name} to the model.`;
  return `${name} is optional in the model and was left out: ask for it with the image, or make it required.`;
}

export const optionalOf = ({ snaps }: Pick<Model, 'snaps'>): string[] =>
  snaps.filter(({ presence }) => presence === 'optional').map(({ name }) => name);
