import { encodeAssertion } from '@/lib/assertion/encode';
import { bytesReply, Refusal } from './reply';
import type { Ask, Reply } from './reply';
import type { Shelf } from './shelf';

/** GET /v2/assertions/<type>/<primary key>…?max-format=N */
export async function getAssertion(shelf: Shelf, ask: Ask, [type = '', ...primaryKey]: string[]): Promise<Reply> {
  const found = await shelf.get(type, primaryKey);
  const maxFormat = Number(ask.url.searchParams.get('max-format') ?? '0');
  if (!found || found.format > maxFormat) throw new Refusal(404, 'not-found', `There is no ${type} assertion ${primaryKey.join('/')}.`);
  return bytesReply(200, 'application/x.ubuntu.assertion', encodeAssertion(found));
}
