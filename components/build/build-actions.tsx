'use client';

import { useState } from 'react';
import { Ban, EllipsisVertical, Link2, Trash2 } from 'lucide-react';
import type { BuildView } from '@/lib/api/builds';
import { BUILD_ALLOWS } from '@/lib/build/states';
import { useBrand } from '../brand/brand-context';
import { notify } from '../toasts';
import { Button, IconButton } from '../ui/button';
import { ConfirmDialog } from '../ui/confirm-dialog';
import { Menu, MenuContent, MenuItem, MenuTrigger } from '../ui/dropdown-menu';
import { formatBytes } from '../ui/format';
import { isImage } from './artifact-words';
import { BuildButton } from './build-button';
import { useCancelBuild, useDeleteImages } from './mutations';

/** What may be done with the build now; of it one is the primary. */
export function BuildActions({ build, onShare }: { build: BuildView; onShare: () => void }) {
  const { slug, whyNot } = useBrand();
  const cancel = useCancelBuild(slug);
  const allows = BUILD_ALLOWS[build.state];
  if (allows.cancel) {
    const asked = build.cancelRequested ? 'Cancelling: the worker stops within seconds.' : undefined;
    return (
      <Button pending={cancel.isPending} disabledReason={whyNot('build.cancel') ?? asked} onClick={() => cancel.mutate(build.number, { onError: notify.failed })}>
        <Ban aria-hidden />
        Cancel build
      </Button>
    );
  }
  const images = build.artifacts.filter((artifact) => isImage(artifact) && !artifact.deleted);
  const gone = allows.share && images.length === 0 ? 'The images of this build are gone.' : undefined;
  return (
    <>
      <BuildButton model={build.model} revision={build.revision} label="Build again" variant={allows.share ? 'secondary' : 'primary'} />
      {allows.share && (
        <Button variant="primary" disabledReason={whyNot('share.create') ?? gone} onClick={onShare}>
          <Link2 aria-hidden />
          Share
        </Button>
      )}
      {allows.deleteArtifacts && images.length > 0 && <MoreMenu build={build} bytes={images.find((a) => a.kind === 'image-zst')?.sizeBytes ?? 0} />}
    </>
  );
}

function MoreMenu({ build, bytes }: { build: BuildView; bytes: number }) {
  const { slug, whyNot } = useBrand();
  const remove = useDeleteImages(slug);
  const [asking, setAsking] = useState(false);
  const pinned = build.imagesKept?.state === 'kept' && build.imagesKept.pinned ? 'The images are pinned. Unpin them, then delete them.' : undefined;
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <IconButton label="More" variant="secondary" className="size-9">
            <EllipsisVertical />
          </IconButton>
        </MenuTrigger>
        <MenuContent align="end">
          <MenuItem danger disabledReason={whyNot('artifact.delete') ?? pinned} onSelect={() => setAsking(true)}>
            <Trash2 aria-hidden />
            Delete images
          </MenuItem>
        </MenuContent>
      </Menu>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete the images of build #${build.number}?`}
        confirm="Delete images"
        danger
        pending={remove.isPending}
        error={remove.error}
        onConfirm={() =>
          remove.mutate(build.number, {
            onSuccess: () => {
              setAsking(false);
              notify.done(`The images of build #${build.number} are deleted.`);
            },
          })
        }
      >
        <p>Frees about {formatBytes(bytes)}. Links to this build stop offering a download. Manifest, log and the list of snaps stay, so the same build can be made again.</p>
      </ConfirmDialog>
    </>
  );
}
