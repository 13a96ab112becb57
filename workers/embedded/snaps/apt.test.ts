import { describe, expect, it } from 'vitest';
import { parsePackages } from './apt';

const RECORDS = `Package: grub-common
Source: grub2
Version: 2.12-9+deb13u2
Pre-Depends: dpkg (>= 1.19)
Depends: libc6 (>= 2.38), libfuse3-4 (>= 3.17.2) | libfuse3-3, gettext-base, python3:any
Description: GRand Unified Bootloader (common files)
 Depends: is only a word in this text

Package: cpio
Version: 2.15+dfsg-2
Architecture: amd64

Package: busybox-static
Architecture: arm64
Version: 1:1.37

Package: ca-certificates
Architecture: all
Version: 20250419

`;

describe('what apt says about packages', () => {
  it('is read into name, version and dependencies; the name tells what is for another machine', () => {
    expect(parsePackages(RECORDS)).toEqual([
      { name: 'grub-common', version: '2.12-9+deb13u2', depends: ['dpkg', 'libc6', 'libfuse3-4', 'gettext-base', 'python3'] },
      { name: 'cpio', version: '2.15+dfsg-2', depends: [] },
      { name: 'busybox-static:arm64', version: '1:1.37', depends: [] },
      { name: 'ca-certificates', version: '20250419', depends: [] },
    ]);
  });

  it('is nothing when apt knows none of the names', () => expect(parsePackages('')).toEqual([]));

  it('leaves out a record without a version: a package that is only a name', () => expect(parsePackages('Package: awk\n\n')).toEqual([]));
});
