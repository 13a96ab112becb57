import { clsx, type ClassValue } from 'clsx';
import { extendTailwindMerge } from 'tailwind-merge';

const merge = extendTailwindMerge({ extend: { theme: { text: ['2xs'] } } });

/** Joins class names; of two that say the same thing the later wins. */
export const cn = (...classes: ClassValue[]): string => merge(clsx(classes));
