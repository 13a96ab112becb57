import { AppError } from '../errors';

/** From the safest to the newest (snapd snap/channel/channel.go). */
export const RISKS = ['stable', 'candidate', 'beta', 'edge'] as const;
export type Risk = (typeof RISKS)[number];

/** What the text says and no more: `edge` has no track, `24` has no risk. */
export type Channel = { track?: string; risk?: Risk; branch?: string };

const isRisk = (word: string | undefined): word is Risk => RISKS.includes(word as Risk);

/** `track`, `risk`, `track/risk`, `risk/branch` or `track/risk/branch`; undefined when it is none of them. */
export function parseChannel(text: string): Channel | undefined {
  const parts = text.split('/');
  if (parts.length > 3 || parts.some((part) => part === '')) return undefined;
  const [first, second, third] = parts;
  if (third !== undefined) return isRisk(second) ? { track: first, risk: second, branch: third } : undefined;
  if (second !== undefined) {
    if (isRisk(first)) return { risk: first, branch: second };
    return isRisk(second) ? { track: first, risk: second } : undefined;
  }
  return isRisk(first) ? { risk: first } : { track: first };
}

export const formatChannel = (channel: Channel): string => [channel.track, channel.risk, channel.branch].filter((part) => part !== undefined).join('/');

/** `track/risk` or `track/risk/branch`, with `latest` and `stable` where nothing is said; undefined when it is no channel. */
export function fullChannel(text: string): string | undefined {
  const channel = parseChannel(text);
  return channel && formatChannel({ track: channel.track ?? 'latest', risk: channel.risk ?? 'stable', branch: channel.branch });
}

export const sameChannel = (a: string, b: string): boolean => fullChannel(a) !== undefined && fullChannel(a) === fullChannel(b);

/**
 * The channel of a snap when somebody asks for `option` over the one that is set: a risk alone moves within the track, anything else replaces
 * (snapd seed/seedwriter/writer.go, channel.Resolve).
 */
export function mergeChannel(base: string, option: string | undefined): string {
  if (!option) return base;
  const track = parseChannel(base)?.track;
  return track !== undefined && isRisk(option.split('/')[0]) ? `${track}/${option}` : option;
}

/** The same for a snap whose track the model pins (`kernel: pi-kernel=18-pi3`): the option may change the risk but never the track. Throws AppError `channel-pinned`. */
export function mergePinned(track: string, option: string | undefined): string {
  if (!option) return track;
  if (isRisk(option.split('/')[0])) return `${track}/${option}`;
  if (option === track || option.startsWith(`${track}/`)) return option;
  throw new AppError('channel-pinned', `The model pins the track ${track}; the channel ${option} would leave it. Ask for ${track} with another risk, or change the model.`);
}
