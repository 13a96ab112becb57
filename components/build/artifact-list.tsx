import { ClipboardCheck, Download, LoaderCircle } from 'lucide-react';
import type { ArtifactView } from '@/lib/api/builds';
import { CopyButton } from '../ui/copy-button';
import { Digest } from '../ui/digest';
import { formatBytes, plural } from '../ui/format';
import { DownloadButton } from '../ui/link-button';
import { ARTIFACT_WORDS, FOLDED, inOrder, isImage } from './artifact-words';
import { byVolume, diskWords } from './volumes';

type Props = { artifacts: ArtifactView[]; href: (artifact: ArtifactView) => string; /** Why they may not be downloaded. */ refused?: string };

/** The files of a build: form, size, checksum, download; of several volumes under the name of each. */
export function ArtifactList({ artifacts, ...rest }: Props) {
  const volumes = byVolume(artifacts);
  if (volumes.every(({ name }) => name === '')) return <Forms artifacts={artifacts} {...rest} />;
  return (
    <div className="space-y-6">
      {volumes.map((volume, i) => (
        <section key={volume.name} aria-label={volume.name === '' ? 'Files of the whole build' : `Files of the volume ${volume.name}`}>
          <h3 className="mb-2 text-sm text-pretty text-muted">
            {volume.name === '' ? (
              'Of the whole build'
            ) : (
              <>
                <span className="font-mono font-medium wrap-anywhere text-ink">{volume.name}</span> {diskWords(i)}
              </>
            )}
          </h3>
          <Forms artifacts={volume.artifacts} {...rest} />
        </section>
      ))}
    </div>
  );
}

/** Those that few ask for are folded away. */
function Forms({ artifacts, ...rest }: Props) {
  const folded = artifacts.filter(({ kind }) => FOLDED.includes(kind));
  return (
    <>
      <List artifacts={artifacts.filter((artifact) => !folded.includes(artifact))} {...rest} />
      {folded.length > 0 && (
        <details className="mt-3">
          <summary className="cursor-pointer text-sm font-medium">The image in {plural(folded.filter(isImage).length, 'more form')}</summary>
          <div className="mt-2">
            <List artifacts={folded} {...rest} />
          </div>
        </details>
      )}
    </>
  );
}

function List({ artifacts, href, refused }: Props) {
  return (
    <ul className="divide-y divide-line border-y border-line">
      {inOrder(artifacts).map((artifact) => (
        <li key={artifact.fileName} className="flex items-start gap-3 py-2.5">
          <div className="min-w-0 flex-1">
            <p className="flex items-baseline justify-between gap-3">
              <span className="font-medium">{ARTIFACT_WORDS[artifact.kind]}</span>
              <span className="text-sm whitespace-nowrap text-muted tabular">{artifact.deleted ? 'deleted' : formatBytes(artifact.sizeBytes)}</span>
            </p>
            <p className="mt-0.5 font-mono text-xs wrap-anywhere text-muted">{artifact.fileName}</p>
            <Checksum artifact={artifact} />
          </div>
          {!artifact.deleted && !refused && (
            <DownloadButton href={href(artifact)} download={artifact.fileName} size="icon" variant="secondary" aria-label={`Download ${artifact.fileName}`} title={`Download ${artifact.fileName}`}>
              <Download aria-hidden />
            </DownloadButton>
          )}
        </li>
      ))}
    </ul>
  );
}

function Checksum({ artifact }: { artifact: ArtifactView }) {
  if (artifact.sha256 === null) {
    if (artifact.deleted) return null;
    return (
      <p className="mt-1 flex h-7 items-center gap-1.5 text-xs text-muted">
        <LoaderCircle aria-hidden className="size-3.5 animate-spin" />
        SHA-256 is being computed
      </p>
    );
  }
  return (
    <p className="mt-1 flex h-7 items-center gap-1 text-xs text-muted">
      SHA-256
      <Digest value={artifact.sha256} label={`SHA-256 of ${artifact.fileName}`} className="text-xs" head={6} tail={6} />
      <CopyCheck artifact={artifact} sha256={artifact.sha256} />
    </p>
  );
}

const CopyCheck = ({ artifact, sha256 }: { artifact: ArtifactView; sha256: string }) =>
  artifact.deleted ? null : <CopyButton value={`echo "${sha256}  ${artifact.fileName}" | sha256sum --check`} label="Copy the command that checks the file" icon={<ClipboardCheck aria-hidden />} />;
