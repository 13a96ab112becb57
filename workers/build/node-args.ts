/** Node's own options for a build worker: what is young is short-lived here, and small spaces for it save tens of megabytes. */
export const WORKER_NODE_ARGS = ['--max-semi-space-size=2'];
