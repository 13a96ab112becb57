import type { Assertion } from '../assertion';
import { isSnapName } from '../scalars';
import { breaks, optionalFlag, optionalTextList, requireCount, requireMatch, requireTime } from './rules';

const MODES = ['run', 'recover'];
/** Bases of systems without recovery modes. */
const WITHOUT_MODES = ['core', 'core16', 'core18'];

/** snapd asserts/repair.go */
export function checkRepair({ headers, authorityId }: Assertion): void {
  if (headers['brand-id'] !== authorityId) breaks('authority-id', 'should be the same as "brand-id": a repair is signed by its brand');
  requireCount(headers, 'repair-id');
  requireMatch(headers, 'summary', (text) => !/[\n\r]/.test(text), 'one line');
  for (const name of ['series', 'models', 'architectures']) optionalTextList(headers, name);
  const modes = optionalTextList(headers, 'modes');
  modes.forEach((mode, i) => {
    if (!MODES.includes(mode)) breaks(`modes[${i}]`, 'should be "run" or "recover"');
  });
  optionalTextList(headers, 'bases').forEach((base, i) => {
    if (!isSnapName(base)) breaks(`bases[${i}]`, 'should be the name of a base snap');
    if (modes.length > 0 && WITHOUT_MODES.includes(base)) breaks(`bases[${i}]`, `cannot be ${base} beside "modes": its systems have none`);
  });
  optionalFlag(headers, 'disabled');
  requireTime(headers, 'timestamp');
}
