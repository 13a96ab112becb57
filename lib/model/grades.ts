/** The three grades of a model with the `snaps` header (snapd asserts/model.go), in plain words. */
export const GRADES = ['dangerous', 'signed', 'secured'] as const;
export type Grade = (typeof GRADES)[number];

export const isGrade = (word: unknown): word is Grade => GRADES.includes(word as Grade);

export type GradeWords = { title: string; sentence: string; allows: string[]; refuses: string[] };

export const GRADE_WORDS: Record<Grade, GradeWords> = {
  dangerous: {
    title: 'For trying out',
    sentence: 'Unsigned snaps, extra snaps and other channels are let in. Never for devices in the field.',
    allows: ['Snaps from a file, without a signature', 'Other channels and extra snaps at build time', 'Snaps without an id'],
    refuses: [],
  },
  signed: {
    title: 'For products',
    sentence: 'Signed snaps only, exactly those of the model. Storage is encrypted where the device can.',
    allows: ['Devices without a TPM or Secure Boot'],
    refuses: ['Unsigned or extra snaps', 'Other channels than the model says'],
  },
  secured: {
    title: 'For sealed products',
    sentence: 'As signed, and nothing installs where storage cannot be encrypted or Secure Boot is off.',
    allows: [],
    refuses: ['Unsigned or extra snaps', 'Other channels than the model says', 'Devices without a TPM or Secure Boot'],
  },
};

/** What everybody needs to know before choosing (snapd overlord/devicestate refuses a remodel between grades). */
export const GRADE_IS_FOR_LIFE = 'A device keeps its grade for life: it can never remodel to another one, only be flashed again.';

export const STORAGE_SAFETIES = ['encrypted', 'prefer-encrypted', 'prefer-unencrypted'] as const;
export type StorageSafety = (typeof STORAGE_SAFETIES)[number];

export const STORAGE_SAFETY_WORDS: Record<StorageSafety, string> = {
  encrypted: 'Always encrypted; a device that cannot does not install',
  'prefer-encrypted': 'Encrypted where the device can',
  'prefer-unencrypted': 'Not encrypted unless asked for',
};

/** What snapd takes where the model says nothing. */
export const defaultStorageSafety = (grade: Grade): StorageSafety => (grade === 'secured' ? 'encrypted' : 'prefer-encrypted');
