/** The life of a build and what each state allows: the one table that page, menu, route and worker read. */
export const BUILD_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type BuildState = (typeof BUILD_STATES)[number];

type Allows = { cancel: boolean; share: boolean; download: boolean; deleteArtifacts: boolean; final: boolean };

export const BUILD_ALLOWS: Record<BuildState, Allows> = {
  queued: { cancel: true, share: false, download: false, deleteArtifacts: false, final: false },
  running: { cancel: true, share: false, download: false, deleteArtifacts: false, final: false },
  succeeded: { cancel: false, share: true, download: true, deleteArtifacts: true, final: true },
  failed: { cancel: false, share: false, download: false, deleteArtifacts: false, final: true },
  cancelled: { cancel: false, share: false, download: false, deleteArtifacts: false, final: true },
};

/** In the order in which a build goes through them. */
export const STAGES = ['verify-model', 'resolve', 'fetch', 'verify-snaps', 'lay-out-gadget', 'plan-seed', 'plan-image', 'render', 'publish'] as const;
export type Stage = (typeof STAGES)[number];

export const STAGE_WORDS: Record<Stage, string> = {
  'verify-model': 'Verify model',
  resolve: 'Resolve snaps',
  fetch: 'Fetch snaps',
  'verify-snaps': 'Verify snaps',
  'lay-out-gadget': 'Lay out gadget',
  'plan-seed': 'Plan seed',
  'plan-image': 'Plan image',
  render: 'Store image',
  publish: 'Publish',
};

export const STAGE_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type StageState = (typeof STAGE_STATES)[number];
