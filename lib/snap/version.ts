/** `~`, then the end, digits, letters, and the rest (snapd strutil/chrorder.go, after Debian's policy). */
function orderOf(c: string | undefined): number {
  if (c === '~') return -10;
  if (c === undefined) return -5;
  if (/[0-9]/.test(c)) return 0;
  return /[A-Za-z]/.test(c) ? c.charCodeAt(0) : c.charCodeAt(0) + 256;
}

function compareText(a: string, b: string): number {
  for (let i = 0; i < Math.max(a.length, b.length); i += 1) {
    const d = orderOf(a[i]) - orderOf(b[i]);
    if (d !== 0) return d;
  }
  return 0;
}

function compareNumbers(a: string, b: string): number {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return x.length - y.length || (x < y ? -1 : x > y ? 1 : 0);
}

function comparePart(a: string, b: string): number {
  const [as, bs] = [a.match(/[0-9]+|[^0-9]+/g) ?? [], b.match(/[0-9]+|[^0-9]+/g) ?? []];
  for (let i = 0; i < Math.max(as.length, bs.length); i += 1) {
    const [x, y] = [as[i] ?? '', bs[i] ?? ''];
    const d = /^[0-9]/.test(x) && /^[0-9]/.test(y) ? compareNumbers(x, y) : compareText(x, y);
    if (d !== 0) return d;
  }
  return 0;
}

const splitRevision = (version: string): [string, string] => {
  const dash = version.lastIndexOf('-');
  return dash < 0 ? [version, '0'] : [version.slice(0, dash), version.slice(dash + 1)];
};

/** Order of two Debian versions without epochs: negative, 0 or positive. */
export function compareVersions(a: string, b: string): number {
  const [[av, ar], [bv, br]] = [splitRevision(a), splitRevision(b)];
  return comparePart(av, bv) || comparePart(ar, br);
}
