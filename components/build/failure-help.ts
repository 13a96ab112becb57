type Help = { next: string; /** Where the next step is done. */ where?: 'model' | 'keys' | 'again' };

const STORE: Help = { next: 'Imprint has tried several times. Build again when the store answers; if it stays away, ask whoever runs this console whether it may reach the store.', where: 'again' };
const SNAP: Help = { next: 'Nothing unverified was kept. Build again; if the same snap fails again, tell its publisher or the store.', where: 'again' };
const MODEL: Help = { next: 'Change the model, save and sign the new version, then build it.', where: 'model' };
const HOST: Help = { next: 'This is for whoever runs this console. Build again once it is put right.', where: 'again' };

/** What to do about a failure whose code is known. The message says what happened; this says the next step. */
const HELP: Record<string, Help> = {
  'store-unreachable': STORE,
  'store-auth': { next: 'The store refused this console’s credentials. Whoever runs it can renew them; then build again.', where: 'again' },
  'store-auth-expired': { next: 'The console’s credentials at the store have run out. Whoever runs it logs in to the store again; then build again.', where: 'again' },
  'store-origin': HOST,
  'store-refused': { next: 'Read the store’s reason above; it usually names the snap. Change the model or ask its publisher.', where: 'model' },
  'snap-unknown': MODEL,
  'channel-unknown': { next: 'Choose a channel that the snap has, save, sign and build.', where: 'model' },
  'snap-digest': SNAP,
  'snap-signature': SNAP,
  'snap-revoked': MODEL,
  'model-signature': { next: 'Sign the model again with a registered key, then build.', where: 'model' },
  'model-not-supported': MODEL,
  'disk-full': { next: 'Delete the images of builds that nobody needs, or give the console more disk; then build again.', where: 'again' },
  'tool-missing': HOST,
  'tool-failed': HOST,
};

export const failureHelp = (code: string): Help => HELP[code] ?? { next: 'Read the log below from the first error on. Build again if the cause may have passed.', where: 'again' };
