/**
 * Node's own options for a build worker. What is young is short-lived here, and small spaces for it save tens of megabytes. From its heap's limit V8 chooses how far the heap may grow before it is
 * cleaned up: with its own limit, gigabytes on a large machine, the 30 MB that are alive become 75; with this one, which no build comes near, 45.
 */
export const WORKER_NODE_ARGS = ['--max-semi-space-size=2', '--max-old-space-size=512'];

/**
 * What glibc is told (mallopt(3)): few arenas, and buffers of 128 KiB and more given back at once. A worker's threads read and write large buffers in turn; each would else keep a heap of its own
 * at its highest mark.
 */
export const WORKER_MALLOC = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_TRIM_THRESHOLD_: '131072' };
