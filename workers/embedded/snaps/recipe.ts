import type { Architecture } from './architecture';

/** Raise it with every change of what the snaps are made of: sets of an older recipe are made anew. */
export const RECIPE = 5;

/** 2024-01-01T00:00:00Z, the time of every file in the snaps. */
export const FIXED_TIME = 1704067200;

/** Account of the embedded authority: kernels and gadgets of it are accepted for any brand of the embedded store. */
export const PUBLISHER = 'imprint-embedded';

/** The real ids, as snapd knows them (snapd snap/naming/wellknown.go, and the models of canonical): a model names the same snaps with either store. */
export const SNAP_IDS = {
  snapd: 'PMrrV4ml8uWuEUDBT8dSGnKUYbevVhc4',
  core22: 'amcUKQILKXHHTlmSa7NMdnXSx02dNeeT',
  core24: 'dwTAh7MZZ01zyriOZErqd1JynQLiOGvM',
  pc: 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH',
  'pc-kernel': 'pYVQrBcKmBa0mZ4CCN7ExT6jH8rY1hza',
  'hello-imprint': 'q3ZtVb8yKfWm5LxRc7HnD2sJpG9aEu4T',
} as const;

export type DemoSnapName = keyof typeof SNAP_IDS;

export const TITLES: Record<DemoSnapName, { title: string; summary: string }> = {
  snapd: { title: 'snapd (demo)', summary: "Stand-in for snapd: the programs of Debian's snapd package" },
  core22: { title: 'core22 (demo)', summary: 'Stand-in for the core22 base: busybox from Debian' },
  core24: { title: 'core24 (demo)', summary: 'Stand-in for the core24 base: busybox from Debian' },
  pc: { title: 'pc gadget (demo)', summary: 'Gadget for UEFI PCs: signed shim and GRUB from Debian' },
  'pc-kernel': { title: 'pc-kernel (demo)', summary: "Debian's cloud kernel, with an initrd that checks the seed and powers off" },
  'hello-imprint': { title: 'Hello Imprint', summary: 'A small app that says hello' },
};

/** MiB of incompressible bytes that make the set as large as a real one, for measurements. */
export type Padding = { kernelMiB: number; baseMiB: number };

/** Which set of snaps. */
export type SetKind = { architecture: Architecture; padding: Padding };
