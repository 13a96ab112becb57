import type { Assertion } from '@/lib/assertion/assertion';
import { decodeStream } from '@/lib/assertion/decode';
import { utf8 } from '@/lib/bytes';

export const parseStream = (text: string): Assertion[] => decodeStream(utf8(text));
