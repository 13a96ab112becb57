import { LOWER_NAME, MIXED_NAME } from '../../assertion/scalars';
import { ARCHITECTURES } from '../bases';
import { mandatoryText, quote, report, textOf, valueOf, type Checking } from './report';

/** What names the model: brand, name, series. snapd asserts/model.go assembleModel; primary keys as in asserts/asserts.go. */
export function checkIdentity(checking: Checking): void {
  const { headers } = checking;
  for (const key of ['brand-id', 'series']) {
    const value = mandatoryText(checking, headers, key, `${key} is missing.`);
    if (value?.includes('/')) report(checking, key, 'slash', `${key} may not have a slash in it.`);
  }
  const brand = valueOf(headers, 'brand-id');
  const authority = valueOf(headers, 'authority-id');
  if (authority !== brand) report(checking, 'authority-id', 'authority-not-brand', 'A model is signed by its own brand: authority-id and brand-id must be the same.');
  // snapd image/image_linux.go: no image of another series
  if (typeof headers.series === 'string' && headers.series !== '16') report(checking, 'series', 'series-not-16', 'Images are made for series 16 only, also for Ubuntu Core 24.', { severity: 'warning', fix: { label: 'Use series 16', op: 'set', path: 'series', value: '16' } });
  checkName(checking);
  const displayName = textOf(checking, headers, 'display-name');
  if (displayName !== undefined && displayName.length > 200) report(checking, 'display-name', 'display-name-long', 'A display name this long is cut wherever it is shown. Shorten it.', { severity: 'warning' });
  textOf(checking, headers, 'store');
}

function checkName(checking: Checking): void {
  const name = mandatoryText(checking, checking.headers, 'model', 'Give the model a name.');
  if (name === undefined) return;
  if (LOWER_NAME.test(name)) {
    if (name.length > 128) report(checking, 'model', 'model-name-long', 'The name has more than 128 characters; the serial service takes no more.', { severity: 'warning' });
    return;
  }
  if (MIXED_NAME.test(name)) {
    const value = name.toLowerCase();
    return report(checking, 'model', 'model-name-case', 'A model name has no upper-case letters.', { fix: { label: `Use ${value}`, op: 'set', path: 'model', value } });
  }
  report(checking, 'model', 'model-name', `${quote(name)} cannot be a model name: use lower-case letters, digits and single hyphens between them.`);
}

/** Debian's names; snapd takes any text, but no snap is made for another. */
export function checkArchitecture(checking: Checking, architecture: string | undefined): void {
  if (!architecture || (ARCHITECTURES as readonly string[]).includes(architecture)) return;
  const known: Record<string, string> = { x86_64: 'amd64', aarch64: 'arm64', arm: 'armhf', armv7: 'armhf', armv7l: 'armhf', x86: 'i386', i686: 'i386' };
  const value = known[architecture.toLowerCase()];
  const fix = value ? ({ label: `Use ${value}`, op: 'set', path: 'architecture', value } as const) : undefined;
  report(checking, 'architecture', 'architecture-unknown', `No snap is made for ${quote(architecture)}. Architectures have Debian's names: ${ARCHITECTURES.join(', ')}.`, { severity: 'warning', fix });
}
