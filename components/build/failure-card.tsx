import type { BuildView } from '@/lib/api/builds';
import { STAGE_WORDS } from '@/lib/build/states';
import { paths } from '@/lib/paths';
import { LinkButton } from '../ui/link-button';
import { Notice } from '../ui/notice';
import { failureHelp } from './failure-help';

/** Why the build failed and what to do next. */
export function FailureCard({ build, slug }: { build: BuildView; slug: string }) {
  if (!build.failure) return null;
  const { code, message, stage } = build.failure;
  const help = failureHelp(code);
  return (
    <Notice
      tone="danger"
      title={stage ? `Failed at “${STAGE_WORDS[stage]}”` : 'The build failed'}
      action={
        help.where === 'model' ? (
          <LinkButton size="sm" href={paths.model(slug, build.model)}>
            Open model
          </LinkButton>
        ) : undefined
      }
    >
      <p>{message}</p>
      <p className="mt-1.5 text-muted">{help.next}</p>
      <p className="mt-1.5 font-mono text-xs text-muted">{code}</p>
    </Notice>
  );
}
