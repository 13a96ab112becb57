import { report, valueOf, type Checking } from './report';

const removal = (path: string) => ({ fix: { label: `Remove ${path}`, op: 'remove' as const, path } });

/** Which headers may stand together: the dialect with `snaps` (UC20 and later) and the older one do not mix. snapd asserts/model.go assembleModel. */
export function checkDialect(checking: Checking): void {
  const { headers, extended, classic } = checking;
  const has = (name: string) => valueOf(headers, name) !== undefined;
  if (extended) {
    for (const name of ['gadget', 'kernel', 'required-snaps']) {
      if (has(name)) report(checking, name, 'header-beside-snaps', `A model with the snaps header lists its ${name === 'required-snaps' ? 'snaps' : name} there; the header ${name} belongs to Ubuntu Core 16 and 18.`, removal(name));
    }
  } else {
    for (const name of ['grade', 'storage-safety']) {
      if (has(name)) report(checking, name, 'header-without-snaps', `Only a model with the snaps header has a ${name}.`, removal(name));
    }
  }
  if (classic && !extended) {
    for (const name of ['kernel', 'base']) {
      if (has(name)) report(checking, name, 'header-in-classic', `A classic model without the snaps header has no ${name}.`, removal(name));
    }
  }
  checkDistribution(checking);
}

/** os-release's ID: mandatory for classic with snaps, forbidden elsewhere. */
function checkDistribution(checking: Checking): void {
  const { headers, extended, classic } = checking;
  const value = valueOf(headers, 'distribution');
  if (!(classic && extended)) {
    if (value !== undefined) report(checking, 'distribution', 'distribution-not-classic', 'Only a classic model with the snaps header names a distribution.', removal('distribution'));
    return;
  }
  const fix = { label: 'Use ubuntu', op: 'set' as const, path: 'distribution', value: 'ubuntu' };
  if (value === undefined || value === '') report(checking, 'distribution', 'missing', 'A classic model names its distribution, as ID in /etc/os-release has it.', { fix });
  else if (typeof value !== 'string' || !/^[a-z0-9._-]*$/.test(value)) report(checking, 'distribution', 'distribution', 'A distribution is written as ID in /etc/os-release: lower-case letters, digits, dots, hyphens, underscores.', { fix });
}

/** snapd reads a model with these headers, but makes no image of it (image/image_linux.go). */
export function checkReserved(checking: Checking): void {
  for (const name of ['core', 'os', 'class', 'allowed-modes']) {
    if (valueOf(checking.headers, name) !== undefined) report(checking, name, 'header-reserved', `The header ${name} is reserved: no image is built from a model that has it.`, { severity: 'warning', ...removal(name) });
  }
}
