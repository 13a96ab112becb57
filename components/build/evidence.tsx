import type { ReactNode } from 'react';
import { Download, LoaderCircle } from 'lucide-react';
import type { ArtifactView, ProofView } from '@/lib/api/builds';
import { CodeBlock } from '../ui/code-block';
import { Digest } from '../ui/digest';
import { formatBytes } from '../ui/format';
import { DownloadButton } from '../ui/link-button';
import { Section } from '../ui/page-header';
import { ARTIFACT_WORDS, EVIDENCE_WORDS, inOrder, isEvidence } from './artifact-words';
import { verifyCommand } from './verify-command';

type Props = {
  build: { artifacts: ArtifactView[]; proof: ProofView; production: boolean };
  href: (artifact: ArtifactView) => string;
  /** Why they may not be downloaded. */
  refused?: string;
  /** How to know the build key for the brand's, said beside its id. */
  keyHelp: ReactNode;
};

/** What proves an image: every file with what it says, and the one command that holds all of them against each other. */
export function Evidence({ build, href, refused, keyHelp }: Props) {
  const files = inOrder(build.artifacts.filter(isEvidence));
  return (
    <Section title="Evidence" description="What is in the image, who built it out of what, and who vouches for that.">
      <ul className="divide-y divide-line border-y border-line">
        {build.proof.state === 'computing' && <Awaited />}
        {files.map((file) => (
          <EvidenceRow key={file.fileName} file={file} href={refused === undefined ? href(file) : undefined} />
        ))}
      </ul>
      {build.proof.state === 'lost' && <p className="mt-3 text-sm text-muted">There is no signed provenance: the images were deleted before all their checksums were known.</p>}
      {build.proof.keyId !== null && <Verify build={build} keyId={build.proof.keyId} keyHelp={keyHelp} />}
    </Section>
  );
}

const Awaited = () => (
  <li className="flex items-start gap-2 py-2.5 text-muted">
    <LoaderCircle aria-hidden className="mt-0.5 size-4 shrink-0 animate-spin" />
    <span>
      <span className="font-medium text-ink">Provenance and checksums</span> are signed once the SHA-256 of every form of the image is computed.
    </span>
  </li>
);

function EvidenceRow({ file, href }: { file: ArtifactView; href: string | undefined }) {
  return (
    <li className="flex items-center gap-3 py-2.5">
      <div className="grid min-w-0 flex-1 gap-x-6 gap-y-0.5 md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <p>
          <span className="font-medium">{ARTIFACT_WORDS[file.kind]}</span> <span className="text-sm text-muted">{EVIDENCE_WORDS[file.kind]}</span>
        </p>
        <p className="flex items-baseline justify-between gap-3">
          <span className="font-mono text-xs wrap-anywhere text-muted">{file.fileName}</span>
          <span className="text-sm whitespace-nowrap text-muted tabular">{formatBytes(file.sizeBytes)}</span>
        </p>
      </div>
      {href !== undefined && (
        <DownloadButton href={href} download={file.fileName} size="icon" variant="secondary" aria-label={`Download ${file.fileName}`} title={`Download ${file.fileName}`}>
          <Download aria-hidden />
        </DownloadButton>
      )}
    </li>
  );
}

function Verify({ build, keyId, keyHelp }: { build: Props['build']; keyId: string; keyHelp: ReactNode }) {
  const command = verifyCommand(build);
  return (
    <div className="mt-4 max-w-180 space-y-2">
      <p>
        Signed with build key <Digest value={keyId} label="id of the build key" />
      </p>
      <p className="text-sm text-pretty">{keyHelp}</p>
      {command !== undefined && (
        <>
          <p className="text-sm text-pretty">To check all of it, put the files into a folder downloads/ in a clone of Imprint, the image too if you have it, and run this there. It asks nobody else.</p>
          <CodeBlock text={command} label="command that checks the evidence" />
          {!build.production && (
            <p className="text-sm text-pretty text-muted">
              This image is of a store that is not for production: its roots are in the console’s data folder, as <code className="font-mono text-xs">store/trusted.assert</code>.
            </p>
          )}
        </>
      )}
    </div>
  );
}
