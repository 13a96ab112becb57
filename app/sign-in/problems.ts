const SENTENCES: Record<string, string> = {
  OAuthSignin: 'Imprint could not reach the identity provider. Try again in a moment; if it stays, ask your administrator.',
  OAuthCallback: 'The identity provider refused or broke off the sign-in. Try again.',
  Callback: 'The sign-in came back, but Imprint could not take it. Try again; if it stays, ask your administrator.',
  AccessDenied: 'The identity provider did not let you in. Ask your administrator for access to Imprint.',
  Configuration: 'Sign-in is not set up correctly. Ask your administrator to look at the log of the web process.',
};

/** next-auth's error code as a sentence; the code itself is never shown, since anybody can write it into a link. */
export const signInProblem = (code: string): string => (Object.hasOwn(SENTENCES, code) ? SENTENCES[code]! : 'The sign-in did not succeed. Try again.');
