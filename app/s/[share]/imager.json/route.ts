import { imagerManifest } from '@/components/share/imager';
import type { SharedBuild } from '@/lib/api/shares';
import { AppError } from '@/lib/errors';
import { env } from '@/lib/env';
import { database } from '@/db/client';
import { openShare } from '@/db/shares';
import { whence } from '@/app/auth';
import { respond } from '@/app/respond';

/** The image behind a link as a list for Raspberry Pi Imager, which wants an address of just this form. */
export const GET = respond(async (request, { share }) => {
  const token = new URL(request.url).searchParams.get('t') ?? '';
  const build = await openShare(database(), { id: share, token, address: whence(request.headers).address, userAgent: request.headers.get('user-agent') ?? '', what: 'imager.json' });
  if (!build) throw new AppError('not-found', 'This link does not work: it has expired, was revoked, or is not complete. Ask whoever sent it for a new one.');
  const manifest = imagerManifest(build, token, env().IMPRINT_URL);
  if (!manifest) throw whyNot(build);
  return new Response(manifest.text, { headers: { 'content-type': 'application/json; charset=utf-8', 'content-disposition': `attachment; filename="${manifest.fileName}"` } });
});

function whyNot({ artifacts }: SharedBuild): AppError {
  if (artifacts.some(({ kind, deleted }) => kind === 'image-raw' && !deleted)) return new AppError('unavailable', 'The checksum of the raw image is being computed, and Raspberry Pi Imager needs it. Try again in a moment.');
  return new AppError('gone', 'The image was deleted. Ask whoever sent you this link for a new one.');
}
