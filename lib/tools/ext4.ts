import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '../errors';
import { ext4InodeRatio } from '../image/ext4-room';
import { runTool, type RunResult } from './run';

export type Ext4ErrorCode = 'ext4-full' | 'ext4-failed' | 'disk-full';

export type Ext4Input = {
  /** What goes in, with the names that it has there. */
  tree: string;
  sizeBytes: number;
  /** At most 16 bytes; may be empty. */
  label: string;
  uuid: string;
  /** Seconds since 1970. */
  epoch: number;
  blockBytes: 1024 | 4096;
};

/** An inode as it is to be. */
export type InodeFields = { number: number; /** Kind and permissions. */ mode: number };

const FILE = 'file-system';
const CONFIG = 'mke2fs.conf';
const SCRIPT = 'debugfs.script';
const MIB = 2 ** 20;
const TIMEOUT_SECONDS = 600;
const MAX_OUTPUT_BYTES = 64 * MIB;
/** The last second that inodes hold without their extension. */
const LAST_SECOND = 2 ** 31 - 1;

/**
 * What Ubuntu's releases from 18.04 to 24.04 make, whatever this machine's own settings are: younger features would keep old kernels from mounting it. Small file
 * systems get more inodes, as they do there.
 */
const SETTINGS = `[defaults]
	base_features = sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr
	default_mntopts = acl,user_xattr
	enable_periodic_fsck = 0
	inode_size = 256
[fs_types]
	ext4 = {
		features = has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink,extra_isize
	}
`;
export const clampSeconds = (epoch: number): number => Math.min(Math.max(epoch, 0), LAST_SECOND);

/**
 * Makes an ext4 file system of a folder's content as a file in `folder`, without root, in a sandbox. Owners, modes and times of its inodes are this machine's
 * until `setInodes` has seen to them. Throws AppError with an Ext4ErrorCode, or as runTool.
 */
export async function makeExt4(folder: string, { tree, sizeBytes, label, uuid, epoch, blockBytes }: Ext4Input, signal?: AbortSignal): Promise<string> {
  await writeFile(path.join(folder, CONFIG), SETTINGS, { flag: 'wx' });
  const extended = `hash_seed=${uuid},lazy_itable_init=0,lazy_journal_init=0,root_owner=0:0,nodiscard,no_copy_xattrs`;
  const inodes = ['-i', String(ext4InodeRatio(sizeBytes))];
  const result = await runTool('mke2fs', ['-t', 'ext4', '-q', '-F', '-b', String(blockBytes), '-U', uuid, ...inodes, '-E', extended, '-L', label, '-d', { reads: tree }, { writes: folder, name: FILE }, `${Math.floor(sizeBytes / 1024)}k`], {
    ...limits(sizeBytes, signal),
    environment: { MKE2FS_CONFIG: { reads: path.join(folder, CONFIG) }, E2FSPROGS_FAKE_TIME: String(clampSeconds(epoch)) },
  });
  if (result.exitCode !== 0) throw explain(result, sizeBytes);
  return path.join(folder, FILE);
}

/** Gives inodes their mode, root as owner and `epoch` as all their times; nothing of a name ever reaches the tool. Throws as `makeExt4`. */
export async function setInodes(folder: string, inodes: readonly InodeFields[], { epoch, sizeBytes }: { epoch: number; sizeBytes: number }, signal?: AbortSignal): Promise<void> {
  const seconds = clampSeconds(epoch);
  const times = ['atime', 'ctime', 'mtime', 'crtime'].flatMap((field) => [[field, `@${seconds}`], [`${field}_extra`, '0']]);
  const fields = (mode: number) => [['mode', `0${mode.toString(8)}`], ['uid', '0'], ['gid', '0'], ...times];
  const script = inodes.flatMap(({ number, mode }) => fields(mode).map(([field, value]) => `set_inode_field <${number}> ${field} ${value}\n`));
  await writeFile(path.join(folder, SCRIPT), script.join(''), { flag: 'wx' });
  // It repeats every command.
  const result = await runTool('debugfs', ['-w', '-f', { reads: path.join(folder, SCRIPT) }, { writes: folder, name: FILE }], { ...limits(sizeBytes, signal), onOutput: () => undefined, environment: { E2FSPROGS_FAKE_TIME: String(seconds) } });
  if (result.exitCode !== 0) throw explain(result, sizeBytes);
}

/** A file of that size is written; besides, the tools write next to nothing. */
const limits = (sizeBytes: number, signal: AbortSignal | undefined) => ({ timeoutSeconds: TIMEOUT_SECONDS, maxOutputBytes: MAX_OUTPUT_BYTES, maxFileBytes: sizeBytes + MIB, signal });

function explain({ stderr, exitCode }: RunResult, sizeBytes: number): AppError {
  const words = stderr.trim().split('\n').at(-1)!.slice(0, 300);
  if (/No space left on device/.test(stderr)) return new AppError<Ext4ErrorCode>('disk-full', 'The disk on which the ext4 file system is made is full. Give it more room, then try again.');
  if (/Could not allocate|too small|not enough space/i.test(stderr)) return new AppError<Ext4ErrorCode>('ext4-full', `The files do not fit into an ext4 file system of ${sizeBytes} bytes.`);
  return new AppError<Ext4ErrorCode>('ext4-failed', `The ext4 file system could not be made: ${words || `the tool ended with ${exitCode}`}`);
}
