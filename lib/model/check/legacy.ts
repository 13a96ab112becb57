import { RISKS } from '../../snap/channel';
import { whyNotSnapName } from '../../snap/names';
import { mandatoryText, quote, report, textOf, valueOf, type Checking } from './report';

/** kernel, gadget and required-snaps of UC16, UC18 and old classic. snapd asserts/model.go checkSnapWithTrack. */
export function checkLegacySnaps(checking: Checking): void {
  const { headers, classic } = checking;
  for (const which of ['gadget', 'kernel'] as const) {
    const sentence = `Name the ${which}, as name or name=track.`;
    const text = classic ? textOf(checking, headers, which) : mandatoryText(checking, headers, which, sentence);
    if (text !== undefined && !(classic && which === 'kernel')) checkWithTrack(checking, which, text);
  }
  checkRequired(checking);
}

function checkWithTrack(checking: Checking, which: string, text: string): void {
  const [name = '', ...rest] = text.split('=');
  const track = rest.join('=');
  const wrong = whyNotSnapName(name);
  if (wrong) report(checking, which, 'snap-name', `The ${which} ${quote(name)} ${wrong}.`);
  const fix = (value: string) => ({ fix: { label: `Use ${value}`, op: 'set' as const, path: which, value } });
  if (track.includes('/')) report(checking, which, 'pinned-channel', `After the = stands a track alone, not ${quote(track)}: the risk is chosen when the image is built.`, fix(`${name}=${track.split('/')[0]}`));
  else if ((RISKS as readonly string[]).includes(track)) report(checking, which, 'pinned-risk', `After the = stands a track, and ${track} is a risk. The risk is chosen when the image is built.`, fix(name));
}

function checkRequired(checking: Checking): void {
  const path = 'required-snaps';
  const names = valueOf(checking.headers, path);
  if (names === undefined) return;
  if (!Array.isArray(names)) return report(checking, path, 'required-snaps', 'required-snaps is a list of snap names.', typeof names === 'string' ? { fix: { label: 'Make it a list', op: 'set', path, value: names.split(/[\s,]+/).filter(Boolean) } } : {});
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    const at = `${path}[${i}]`;
    if (typeof name !== 'string') {
      report(checking, at, 'required-snaps', 'Every entry of required-snaps is a snap name.');
      continue;
    }
    const wrong = whyNotSnapName(name);
    if (wrong) report(checking, at, 'snap-name', `The snap name ${quote(name)} ${wrong}.`);
    if (seen.has(name)) report(checking, at, 'snap-repeated', `${quote(name)} is listed twice.`, { severity: 'warning', fix: { label: 'Remove the second', op: 'remove', path: at } });
    seen.add(name);
  }
}
