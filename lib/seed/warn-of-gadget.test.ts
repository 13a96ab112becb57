import { describe, expect, it } from 'vitest';
import { parseGadget } from '../gadget/parse';
import { warnOfGadget } from './warn-of-gadget';

const ID = (letter: string) => letter.repeat(32);
const snap = (letter: string, hasUserDaemons = false) => ({
  name: `snap-${letter}`,
  snapId: ID(letter),
  info: { hasUserDaemons },
});
const codesOf = (yaml: string, snaps = [snap('a'), snap('b')]) =>
  warnOfGadget(parseGadget(`volumes: {pc: {bootloader: grub}}\n${yaml}`), snaps, [ID('o')]).map(
    ({ code }) => code,
  );

describe('a gadget', () => {
  it('that connects snaps of the image, and the system, is no matter', () => {
    const connections = [
      { plug: `${ID('a')}:p`, slot: `${ID('b')}:s` },
      { plug: `${ID('a')}:network` },
      { plug: 'system:p', slot: `${ID('o')}:s` },
    ];
    expect(codesOf(`connections: ${JSON.stringify(connections)}`)).toEqual([]);
  });
  it('that connects a snap that is not there is told', () => {
    const connections = [{ plug: `${ID('a')}:p`, slot: `${ID('c')}:s` }, { plug: `${ID('c')}:p` }];
    const codes = ['gadget-connection-ignored', 'gadget-connection-ignored'];
    expect(codesOf(`connections: ${JSON.stringify(connections)}`)).toEqual(codes);
  });
  it('with defaults for a snap that is not there is told', () => {
    const defaults = (letter: string) => `defaults: {${ID(letter)}: {x: 1}, system: {y: z}}`;
    expect(codesOf(defaults('c'))).toEqual(['gadget-defaults-ignored']);
    expect(codesOf(defaults('b'))).toEqual([]);
    expect(codesOf('defaults: {99T7MUlRhtI3U0QFgl5mXXESAiSwt776: {x: y}}')).toEqual([]);
  });
  it('allows user daemons where a snap needs it, or is told', () => {
    const daemons = [snap('a', true)];
    expect(codesOf('', daemons)).toEqual(['user-daemons-disabled']);
    expect(codesOf('defaults: {system: {experimental: {user-daemons: true}}}', daemons)).toEqual([]);
    expect(codesOf('defaults: {system: {experimental.user-daemons: false}}', daemons)).toEqual([
      'user-daemons-disabled',
    ]);
    const desktop = { ...snap('a', true), snapId: 'IrwRHakqtzhFRHJOOPxKVPU0Kk7Erhcu' };
    expect(codesOf('', [desktop])).toEqual([]);
  });
});
