import { describe, expect, it } from 'vitest';
import { byVolume, countDisks } from './volumes';

const file = (volume: string, fileName: string) => ({ volume, fileName });

describe('files of a build', () => {
  it('of one image stand together with what tells of it', () => {
    const files = [file('', 'kiosk.img'), file('', 'kiosk.log')];
    expect(byVolume(files)).toEqual([{ name: '', artifacts: files }]);
    expect([countDisks(files), countDisks([])]).toEqual([1, 1]);
  });
  it('of several volumes stand by volume, in the order in which the volumes come', () => {
    const files = [file('pc', 'pc.img.zst'), file('pc', 'pc.img'), file('firmware', 'firmware.img'), file('', 'kiosk.log')];
    expect(byVolume(files)).toEqual([{ name: 'pc', artifacts: files.slice(0, 2) }, { name: 'firmware', artifacts: [files[2]] }, { name: '', artifacts: [files[3]] }]);
    expect(countDisks(files)).toBe(2);
  });
});
