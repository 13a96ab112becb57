import { hasErrors } from '@/lib/errors';
import { whyNotBuildable } from '@/lib/model/buildable';
import { plural } from '../ui/format';
import type { Workspace } from './workspace';

const errorsOf = ({ problems }: Workspace) => problems.filter((problem) => (problem.severity ?? 'error') === 'error').length;
const SAVE_FIRST = 'There are unsaved changes. Save them first: what is signed and built is a saved version.';

/** Each: why not now, as a sentence; the role is asked elsewhere. */
export function whyNotSave(workspace: Workspace): string | undefined {
  if (!workspace.dirty) return `Nothing has changed since version ${workspace.started.number}.`;
  const errors = errorsOf(workspace);
  return errors > 0 ? `${plural(errors, 'thing')} must be put right first.` : undefined;
}

export function whyNotSign(workspace: Workspace): string | undefined {
  if (workspace.dirty) return SAVE_FIRST;
  return hasErrors(workspace.problems) ? `${plural(errorsOf(workspace), 'thing')} must be put right first.` : undefined;
}

export const whyNeverBuilt = ({ started }: Workspace): string | undefined => whyNotBuildable(started.headers);

export function whyNotBuild(workspace: Workspace): string | undefined {
  const never = whyNeverBuilt(workspace);
  if (never) return never;
  if (workspace.dirty) return SAVE_FIRST;
  return workspace.started.signedRevision === null ? `Version ${workspace.started.number} is not signed yet.` : undefined;
}
