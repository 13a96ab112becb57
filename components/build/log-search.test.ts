import { describe, expect, it } from 'vitest';
import { findIn } from './log-search';

describe('searching a line of the log', () => {
  it('finds every place, in any case', () => expect(findIn('Fetch pc, fetched PC-kernel', 'pc')).toEqual([[6, 8], [18, 20]]));
  it('finds places that do not overlap', () => expect(findIn('aaaa', 'aa')).toEqual([[0, 2], [2, 4]]));
  it('finds nothing for nothing', () => expect(findIn('text', '')).toEqual([]));
  it('finds nothing where there is nothing', () => expect(findIn('text', 'z')).toEqual([]));
  it('marks the whole line where lower case has another length', () => expect(findIn('İstanbul', 'stan')).toEqual([[0, 8]]));
});
