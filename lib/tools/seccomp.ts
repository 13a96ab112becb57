type Machine = { /** AUDIT_ARCH_* of linux/audit.h. */ audit: number; column: 0 | 1; /** First number of a second calling convention, all of which is refused. */ foreignFrom?: number };

const MACHINES: Partial<Record<NodeJS.Architecture, Machine>> = {
  x64: { audit: 0xc000003e, column: 0, foreignFrom: 0x4000_0000 },
  arm64: { audit: 0xc00000b7, column: 1 },
};

/**
 * What no tool that turns bytes into bytes has to ask of Linux: other processes, sockets, mounts, keys, memory that no limit counts, and the young parts of the
 * kernel. Numbers of x86-64 and of arm64 (Linux, asm/unistd.h); null where the machine has none.
 */
const REFUSED: Record<string, [number | null, number | null]> = {
  fork: [57, null],
  vfork: [58, null],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  kcmp: [312, 272],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  socket: [41, 198],
  socketpair: [53, 199],
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  mknod: [133, null],
  mknodat: [259, 33],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  semget: [64, 190],
  msgget: [68, 186],
  mq_open: [240, 180],
  vmsplice: [278, 75],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  fanotify_init: [300, 262],
  inotify_init: [253, null],
  inotify_init1: [294, 26],
  personality: [135, 92],
  syslog: [103, 116],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
};
const CLONE: [number, number] = [56, 220];
const CLONE3 = 435;
const CLONE_THREAD = 0x10000;

// linux/bpf_common.h and linux/seccomp.h.
const LOAD_WORD = 0x20;
const IF_EQUAL = 0x15;
const IF_AT_LEAST = 0x35;
const IF_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff_0000;
const KILL_PROCESS = 0x8000_0000;
const refuseAs = (errno: number): number => 0x0005_0000 | errno;
const EPERM = 1;
const ENOSYS = 38;
/** Offsets in struct seccomp_data. */
const NUMBER = 0;
const ARCHITECTURE = 4;
const FIRST_ARGUMENT = 16;

/** Code, steps to skip if so and if not, operand: struct sock_filter. */
type Step = [code: number, ifSo: number, ifNot: number, operand: number];

/** The filter that Linux puts every system call through, as bubblewrap's `--seccomp` reads it; undefined on machines whose numbers are not known here. Threads may be made, processes not. */
export function seccompFilter(architecture: NodeJS.Architecture = process.arch): Buffer | undefined {
  const machine = MACHINES[architecture];
  if (!machine) return undefined;
  const { audit, column, foreignFrom } = machine;
  const answer = (when: number, operand: number, result: number): Step[] => [
    [when, 0, 1, operand],
    [RETURN, 0, 0, result],
  ];
  const numbers = Object.values(REFUSED).flatMap((row) => row[column] ?? []);
  return encode([
    [LOAD_WORD, 0, 0, ARCHITECTURE],
    [IF_EQUAL, 1, 0, audit],
    [RETURN, 0, 0, KILL_PROCESS],
    [LOAD_WORD, 0, 0, NUMBER],
    ...(foreignFrom === undefined ? [] : answer(IF_AT_LEAST, foreignFrom, refuseAs(EPERM))),
    ...numbers.flatMap((number) => answer(IF_EQUAL, number, refuseAs(EPERM))),
    // Its flags lie in memory, where no filter can look; told that there is none, C libraries take clone.
    ...answer(IF_EQUAL, CLONE3, refuseAs(ENOSYS)),
    [IF_EQUAL, 0, 3, CLONE[column]],
    [LOAD_WORD, 0, 0, FIRST_ARGUMENT],
    [IF_ANY_BIT, 1, 0, CLONE_THREAD],
    [RETURN, 0, 0, refuseAs(EPERM)],
    [RETURN, 0, 0, ALLOW],
  ]);
}

function encode(steps: Step[]): Buffer {
  const bytes = Buffer.alloc(steps.length * 8);
  steps.forEach(([code, ifSo, ifNot, operand], i) => {
    bytes.writeUInt16LE(code, i * 8);
    bytes.writeUInt8(ifSo, i * 8 + 2);
    bytes.writeUInt8(ifNot, i * 8 + 3);
    bytes.writeUInt32LE(operand >>> 0, i * 8 + 4);
  });
  return bytes;
}
