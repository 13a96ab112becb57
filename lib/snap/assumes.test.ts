import { describe, expect, it } from 'vitest';
import { unmetAssumes } from './assumes';
import { refusedUsernames } from './system-usernames';

describe('what a snap assumes', () => {
  const unmet = (flags: string[], snapdVersion = '2.75', architecture = 'amd64') =>
    unmetAssumes(flags, { snapdVersion, architecture });

  it.each([
    ['an older snapd', 'snapd2.60', '2.75'],
    ['that very snapd', 'snapd2.75', '2.75+git12.gabc'],
    ['a snapd by its numbers alone', 'snapd2.76', '2.76~pre1'],
    ['less numbers than it has', 'snapd2', '2.75.1'],
    ['anything of a development tree', 'snapd99', 'unknown'],
    ['a number with zeros in front', 'snapd2.0060', '2.75'],
  ])('may be %s: %s of %s', (_, flag, version) => expect(unmet([flag], version)).toEqual([]));

  it.each([
    ['a newer snapd', 'snapd2.99', '2.75'],
    ['more numbers than it has', 'snapd2.75.0', '2.75'],
    ['a version that is more than numbers', 'snapd2.60~pre1', '2.75'],
    ['no version', 'snapd', '2.75'],
    ['any version of a snapd whose number is beyond counting', 'snapd2.1', '2.9223372036854775808'],
    ['a feature that nobody has', 'no-such-feature', '2.75'],
  ])('is unmet when it is %s: %s of %s', (_, flag, version) =>
    expect(unmet([flag], version)).toEqual([flag]),
  );

  it('is a feature from the version on that has it', () => {
    const flags = [
      'common-data-dir',
      'command-chain',
      'kernel-assets',
      'app-refresh-mode',
      'snap-uid-envvars',
    ];
    expect(unmet(flags)).toEqual([]);
    expect(unmet(flags, '2.57')).toEqual(['snap-uid-envvars']);
    expect(unmet(flags, '2.35')).toEqual(flags.slice(1));
  });

  it('is an ISA of the very architecture, which snapd knows of RISC-V alone', () => {
    const flags = ['isa-riscv64-rva23', 'isa-amd64-v3', 'isa-arm64'];
    expect(unmet(flags, '2.75', 'arm64')).toEqual(['isa-arm64']);
    expect(unmet(flags, '2.75', 'amd64')).toEqual(['isa-amd64-v3', 'isa-arm64']);
    expect(unmet(flags, '2.75', 'riscv64')).toEqual(['isa-arm64']);
    expect(unmet(['isa-riscv64-rva22'], '2.75', 'riscv64')).toEqual(['isa-riscv64-rva22']);
    expect(unmet(flags, '2.74', 'arm64')).toEqual(flags);
  });
});

describe('a system user of a snap', () => {
  const refused = (name: string, scope = 'shared', snapdVersion = '2.75', snapId?: string) =>
    refusedUsernames([{ name, scope }], { snapdVersion, snapId }).length > 0;

  it('is one that snapd makes, and shared', () => {
    expect(refused('snap_daemon')).toBe(false);
    expect(refused('daemon')).toBe(true);
    expect(refused('snap_daemon', 'private')).toBe(true);
  });
  it('came with a version of snapd', () => {
    expect(refused('_daemon_', 'shared', '2.60')).toBe(true);
    expect(refused('_daemon_', 'shared', '2.61')).toBe(false);
  });
  it('may be for certain snaps only, and a file without an id is taken at its word', () => {
    expect(refused('snap_microk8s', 'shared', '2.75', 'EaXqgt1lyCaxKaQCU349mlodBkDCXRcg')).toBe(false);
    expect(refused('snap_microk8s', 'shared', '2.75', 'x'.repeat(32))).toBe(true);
    expect(refused('snap_microk8s')).toBe(false);
  });
});
