import { imagerManifest } from '@/components/share/imager';
import { shareQuery } from '@/lib/api/shares';
import type { SharedBuild } from '@/lib/api/shares';
import { AppError } from '@/lib/errors';
import { env } from '@/lib/env';
import { database } from '@/db/client';
import { openShare } from '@/db/shares';
import { whence } from '@/app/auth';
import { openRoute } from '@/app/respond';

/** The image behind a link as a list for Raspberry Pi Imager, which wants an address of just this form. */
export const GET = openRoute({ query: shareQuery }, async ({ params, query: { t: token }, request }) => {
  const { address } = whence(request.headers);
  const userAgent = request.headers.get('user-agent') ?? '';
  const build = await openShare(database(), {
    id: params.share,
    token,
    address,
    userAgent,
    what: 'imager.json',
  });
  if (!build) throw new AppError('not-found', GONE);
  const manifest = imagerManifest(build, token, env().IMPRINT_URL);
  if (!manifest) throw whyNot(build);
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'content-disposition': `attachment; filename="${manifest.fileName}"`,
  };
  return new Response(manifest.text, { headers });
});

const GONE =
  'This link does not work: it has expired, was revoked, or is not complete. ' +
  'Ask whoever sent it for a new one.';

function whyNot({ artifacts }: SharedBuild): AppError {
  if (artifacts.some(({ kind, deleted }) => kind === 'image-raw' && !deleted))
    return new AppError(
      'unavailable',
      'The checksum of the raw image, which Raspberry Pi Imager needs, is being computed. Try again in a moment.',
    );
  return new AppError('gone', 'The image was deleted. Ask whoever sent you this link for a new one.');
}
