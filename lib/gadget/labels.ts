import { utf8 } from '../bytes';
import type { Filesystem } from './gadget';

const FAT_BYTES = 11;
const EXT4_BYTES = 16;

/**
 * Why the tools that make a file system do not take a label: a clause for a sentence about it. Undefined when they
 * do, and for the empty label.
 */
export function labelFault(label: string, filesystem: Filesystem): string | undefined {
  if (filesystem === 'ext4') return ext4Fault(label);
  return filesystem === 'none' ? undefined : fatFault(label);
}

/** As mkfs.fat takes it and fsck.fat leaves it (dosfstools, common.c); lower case is taken, and kept. */
function fatFault(label: string): string | undefined {
  if (label.length > FAT_BYTES) return `a FAT label has at most ${FAT_BYTES} characters`;
  if (/[^\x00-\x7f]/.test(label)) return 'a FAT label is plain ASCII';
  if (/[\x00-\x1f]/.test(label)) return 'it has a control character';
  if (/[*?.,;:/\\|+=<>[\]"]/.test(label)) return `a FAT label has none of * ? . , ; : / \\ | + = < > [ ] "`;
  return label.startsWith(' ') && label.trim() !== '' ? 'a FAT label does not start with a space' : undefined;
}

/** mke2fs cuts a longer one short, and devices look for all of it. */
function ext4Fault(label: string): string | undefined {
  if (label.includes('\0')) return 'it has a NUL character';
  const { length } = utf8(label);
  return length > EXT4_BYTES ? `an ext4 label has at most ${EXT4_BYTES} bytes, and this one ${length}` : undefined;
}
