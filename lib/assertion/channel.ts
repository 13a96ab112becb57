/** From the safest to the newest (snapd snap/channel/channel.go). */
export const RISKS = ['stable', 'candidate', 'beta', 'edge'] as const;
export type Risk = (typeof RISKS)[number];

/** What the text says and no more: `edge` has no track, `24` has no risk. */
export type Channel = { track?: string; risk?: Risk; branch?: string };

export const isRisk = (word: string | undefined): word is Risk => RISKS.includes(word as Risk);

/** `track`, `risk`, `track/risk`, `risk/branch` or `track/risk/branch`; undefined when it is none of them. */
export function parseChannel(text: string): Channel | undefined {
  const parts = text.split('/');
  if (parts.length > 3 || parts.some((part) => part === '')) return undefined;
  const [first, second, third] = parts;
  if (third !== undefined) return isRisk(second) ? { track: first, risk: second, branch: third } : undefined;
  if (second !== undefined) {
    if (isRisk(first)) return { risk: first, branch: second };
    return isRisk(second) ? { track: first, risk: second } : undefined;
  }
  return isRisk(first) ? { risk: first } : { track: first };
}
