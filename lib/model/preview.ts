import { AssertionFormatError } from '../assertion/format-error';
import { encodeHeaders } from '../assertion/encode';
import { draftToHeaders, type DraftHeaders } from './draft';

export const PLACEHOLDER = '(set when it is signed)';

export type PreviewContext = { brandId: string; /** Of the next signature. */ revision?: number; timestamp?: string; signKeyId?: string };

export type Preview = {
  /** The assertion's text without its signature; what is set at signing shows as a placeholder. */
  text: string;
  /** Headers that cannot be written as they are, and why; they are missing in the text. */
  left: { header: string; why: string }[];
};

/** The text as it will be signed, whatever state the draft is in. */
export function previewModel(draft: DraftHeaders, { brandId, revision, timestamp = PLACEHOLDER, signKeyId = PLACEHOLDER }: PreviewContext): Preview {
  const headers = draftToHeaders(draft, { brandId, timestamp, ...(revision === undefined ? {} : { revision }) });
  headers['sign-key-sha3-384'] = signKeyId;
  const left: Preview['left'] = [];
  for (;;) {
    try {
      return { text: encodeHeaders(headers), left };
    } catch (error) {
      if (!(error instanceof AssertionFormatError)) throw error;
      const header = blamed(headers, error);
      left.push({ header, why: error.message });
      delete headers[header];
    }
  }
}

/** The header that an unwritable text comes from; it must be one that is there, so that leaving it out gets further. */
function blamed(headers: DraftHeaders, error: AssertionFormatError): string {
  const named = error.header.split(/[.[]/)[0];
  if (named && Object.hasOwn(headers, named)) return named;
  const names = Object.keys(headers).filter((name) => name !== 'type');
  const culprit = names.find((name) => !isWritable({ type: 'model', [name]: headers[name]! }));
  if (culprit === undefined) throw error;
  return culprit;
}

function isWritable(headers: DraftHeaders): boolean {
  try {
    encodeHeaders(headers);
    return true;
  } catch (error) {
    if (error instanceof AssertionFormatError) return false;
    throw error;
  }
}
