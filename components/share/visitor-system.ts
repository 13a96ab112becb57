export const SYSTEMS = ['linux', 'macos', 'windows', 'phone'] as const;
export type System = (typeof SYSTEMS)[number];

/** A guess, only to open the right instructions first. */
export function guessSystem(userAgent: string): System {
  if (/android|iphone|ipad|mobile/i.test(userAgent)) return 'phone';
  if (/windows/i.test(userAgent)) return 'windows';
  if (/macintosh|mac os/i.test(userAgent)) return 'macos';
  return 'linux';
}
