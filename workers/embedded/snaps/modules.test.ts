import { describe, expect, it } from 'vitest';
import { dependenciesOf } from './modules';

const moduleOf = (...strings: string[]) => new TextEncoder().encode(`\x7fELF...\0${strings.join('\0')}\0rest`);

describe('what a kernel module depends on', () => {
  it('is the list in its own description', () => expect(dependenciesOf(moduleOf('license=GPL', 'depends=virtio,virtio_ring', 'intree=Y'))).toEqual(['virtio', 'virtio_ring']));

  it('is nothing for an empty list and without one', () => {
    expect(dependenciesOf(moduleOf('depends=', 'name=fat'))).toEqual([]);
    expect(dependenciesOf(moduleOf('name=fat'))).toEqual([]);
  });

  it('is not a text that only ends in the same word', () => expect(dependenciesOf(moduleOf('softdepends=crc32'))).toEqual([]));

  it('is read at any place of a larger buffer', () => {
    const bytes = moduleOf('depends=fat');
    const larger = new Uint8Array(bytes.length + 64);
    larger.set(bytes, 64);
    expect(dependenciesOf(larger.subarray(64))).toEqual(['fat']);
  });
});
