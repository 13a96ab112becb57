import { Download, LoaderCircle } from 'lucide-react';
import type { ArtifactView } from '@/lib/api/builds';
import type { SharedBuild } from '@/lib/api/shares';
import { paths } from '@/lib/paths';
import { isEvidence } from '../build/artifact-words';
import { Evidence } from '../build/evidence';
import { ImageWarnings } from '../build/image-warnings';
import { byVolume, diskWords } from '../build/volumes';
import { NonProduction } from '../non-production';
import { SeededSnaps } from '../snap/seeded-snaps';
import { CopyButton } from '../ui/copy-button';
import { Fact, Facts } from '../ui/definition-list';
import { formatBytes, formatDay, formatExact, plural } from '../ui/format';
import { DownloadButton } from '../ui/link-button';
import { Wordmark } from '../ui/logo';
import { Notice } from '../ui/notice';
import { Section } from '../ui/page-header';
import { imagerOffer } from './imager';
import { FlashSections } from './flash-sections';
import { flashWays } from './flash-guide';
import type { System } from './visitor-system';

const GRADES: Record<string, string> = {
  dangerous: 'dangerous: for trying out, snaps are not all checked',
  signed: 'signed: every snap is checked',
  secured: 'secured: every snap is checked, storage is encrypted',
};

/** What is offered beside the image, and what it is for. */
const OTHERS: Partial<Record<ArtifactView['kind'], string>> = { 'image-xz': 'the same for tools that know xz', 'image-gz': 'the same for tools that know gzip only', 'image-qcow2': 'a disk for QEMU and other virtual machines', bmap: 'for bmaptool, beside the image: it then writes only what is not empty' };

/** What somebody with a link sees: no account, maybe a phone, maybe no scripts. */
export function SharedPage({ build, token, system: visitor, base }: { build: SharedBuild; token: string; system: System; /** The console's address. */ base: string }) {
  const disks = disksOf(build);
  const [first] = disks;
  const href = (artifact: ArtifactView) => paths.shareDownload(build.id, artifact.fileName, token);
  const others = build.artifacts.filter((artifact) => !artifact.deleted && artifact.kind in OTHERS);
  return (
    <div className="mx-auto min-h-dvh w-full max-w-192 px-4 pt-6 pb-12 sm:px-6 sm:pt-10">
      <header>
        <Wordmark className="text-base text-muted [&_svg]:size-5" />
        <p className="mt-8 text-muted">{build.brandName} shares an Ubuntu Core image with you</p>
        <h1 className="mt-1 text-2xl font-semibold wrap-anywhere">{build.modelDisplayName || build.model}</h1>
      </header>
      <main className="mt-6">
        <div className="space-y-3">
          {!build.production && <NonProduction what="image" />}
          <ImageWarnings warnings={build.warnings} />
          {build.note && (
            <Notice title={`A note from ${build.brandName}`}>
              <span className="whitespace-pre-wrap">{build.note}</span>
            </Notice>
          )}
        </div>
        {disks.length > 1 && <p className="mt-6 text-pretty">The device has {disks.length} disks, with an image for each. Write each to the disk that it is for.</p>}
        {disks.map((disk, i) => (
          <BigDownload key={disk.volume} disk={disk} place={i} href={href} system={visitor} />
        ))}
        {first ? (
          <Section title="How to flash it">
            {disks.length > 1 && <p className="mb-3 text-pretty text-muted">Told for {first.zst.fileName}. The other disks are written in the same way, with their own names and checksums, before the device is started.</p>}
            <FlashSections system={visitor} ways={flashWays({ architecture: build.architecture, grade: build.grade, ...first, imager: imagerOffer(build, token, base) })} />
          </Section>
        ) : (
          <Notice tone="warning" title="The image was deleted" className="mt-6">
            Ask whoever sent you this link for a new one.
          </Notice>
        )}
        <Section title="What it is">
          <Facts>
            <Fact label="Model">
              <span className="font-mono text-sm">{build.model}</span>
            </Fact>
            <Fact label="Revision">{build.revision}</Fact>
            <Fact label="Architecture">
              <span className="font-mono text-sm">{build.architecture}</span>
            </Fact>
            <Fact label="Base">
              <span className="font-mono text-sm">{build.base}</span>
            </Fact>
            <Fact label="Built">{formatDay(build.builtAt)}</Fact>
            <Fact label="Link works until">{formatExact(build.expiresAt)}</Fact>
            <Fact label="Grade" className="col-span-full">
              {GRADES[build.grade] ?? build.grade}
            </Fact>
          </Facts>
        </Section>
        {build.snaps.length > 0 && (
          <Section title="Snaps inside" description={`${plural(build.snaps.length, 'snap')}, ${formatBytes(build.snaps.reduce((sum, snap) => sum + snap.sizeBytes, 0))} in all.`}>
            <SeededSnaps snaps={build.snaps} />
          </Section>
        )}
        {build.artifacts.some(isEvidence) && <Evidence build={build} href={href} keyHelp={`Compare this id with one that ${build.brandName} has told you some other way: whoever could change the files could change this page.`} />}
        {others.length > 0 && (
          <Section title="Other files">
            <ul className="space-y-1">
              {others.map((artifact) => (
                <li key={artifact.fileName}>
                  <a className="link font-mono text-sm wrap-anywhere" href={href(artifact)} download={artifact.fileName}>
                    {artifact.fileName}
                  </a>{' '}
                  <span className="text-sm text-muted">
                    {OTHERS[artifact.kind]}, {formatBytes(artifact.sizeBytes)}
                  </span>
                </li>
              ))}
            </ul>
          </Section>
        )}
      </main>
    </div>
  );
}

type Disk = { /** Empty where there is but one. */ volume: string; zst: ArtifactView; raw: ArtifactView | undefined };

/** What is there to be written, the system's disk first. */
function disksOf({ artifacts }: Pick<SharedBuild, 'artifacts'>): Disk[] {
  return byVolume(artifacts.filter(({ deleted }) => !deleted)).flatMap(({ name: volume, artifacts: own }) => {
    const find = (kind: ArtifactView['kind']) => own.find((artifact) => artifact.kind === kind);
    const zst = find('image-zst');
    return zst ? [{ volume, zst, raw: find('image-raw') }] : [];
  });
}

type BigProps = { disk: Disk; /** Among the disks. */ place: number; href: (artifact: ArtifactView) => string; system: System };

function BigDownload({ disk: { volume, zst, raw }, place, href, system }: BigProps) {
  const forms = raw ? [zst, raw] : [zst];
  return (
    <div className={place === 0 ? 'mt-6 rounded-xl border border-line' : 'mt-4 rounded-xl border border-line'}>
      <div className="p-4 sm:p-5">
        {volume !== '' && (
          <h2 className="mb-3 text-pretty text-muted">
            <span className="font-mono text-sm font-medium wrap-anywhere text-ink">{volume}</span> {diskWords(place)}
          </h2>
        )}
        <DownloadButton variant={place === 0 ? 'primary' : 'secondary'} size="lg" href={href(zst)} download={zst.fileName} className="h-auto min-h-12 w-full py-2 whitespace-normal">
          <Download aria-hidden />
          <span className="min-w-0">
            Download {volume === '' ? 'image' : volume} <span className="font-normal opacity-90">({formatBytes(zst.sizeBytes)})</span>
          </span>
        </DownloadButton>
        <p className="mt-2.5 text-center text-sm text-muted">
          <span className="font-mono wrap-anywhere">{zst.fileName}</span>
          {raw && (
            <>
              {' '}
              or{' '}
              <a className="link" href={href(raw)} download={raw.fileName}>
                the raw image
              </a>{' '}
              ({formatBytes(raw.sizeBytes)})
            </>
          )}
          {system === 'phone' && '. To flash it, open this page on a computer.'}
        </p>
      </div>
      <dl className="divide-y divide-line border-t border-line text-sm">
        {forms.map((artifact) => (
          <div key={artifact.fileName} className="px-4 py-2.5 sm:px-5">
            <dt className="text-muted">SHA-256 of {artifact.kind === 'image-zst' ? 'the download' : 'the raw image'}</dt>
            <dd className="mt-0.5 flex min-h-7 items-center justify-between gap-2">
              {artifact.sha256 ? (
                <>
                  <code className="min-w-0 font-mono text-xs wrap-anywhere">{artifact.sha256}</code>
                  <CopyButton value={artifact.sha256} label={`Copy SHA-256 of ${artifact.fileName}`} />
                </>
              ) : (
                <span className="flex items-center gap-1.5 text-muted">
                  <LoaderCircle aria-hidden className="size-3.5 animate-spin" />
                  being computed; reload in a moment
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
