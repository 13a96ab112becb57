import { isRisk, parseChannel, RISKS, type Channel, type Risk } from '../assertion/channel';
import { AppError } from '../errors';

export { parseChannel, RISKS, type Channel, type Risk };

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
