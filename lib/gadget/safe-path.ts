import { refuse } from './gadget';

/** A path inside a tree: its parts from the root, and whether it was written with a slash at its end. */
export type SafePath = { parts: string[]; slash: boolean };

/**
 * Takes a path apart and refuses whatever could lead out of its tree or mean something else to a tool: absolute (unless `rooted`, where `/` is the
 * root of the tree), `..`, empty, control characters, NUL, backslash. Throws AppError `gadget-path-escape`.
 */
export function parseSafePath(text: string, where: string, options: { rooted?: boolean } = {}): SafePath {
  if (text === '') refuse('gadget-path-escape', where, 'the path is empty.');
  if (/[\u0000-\u001f\u007f\\]/.test(text)) refuse('gadget-path-escape', where, 'the path holds a control character or a backslash.');
  if (text.length > 1024) refuse('gadget-path-escape', where, 'the path is longer than 1,024 characters.');
  if (text.startsWith('/') && !options.rooted) refuse('gadget-path-escape', where, `"${text}" is absolute; paths start at the top of the gadget.`);
  const parts = text.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) refuse('gadget-path-escape', where, `"${text}" leads out of its tree.`);
  if (parts.length === 0 && !options.rooted && !/^\.\/?$/.test(text)) refuse('gadget-path-escape', where, `"${text}" names no file.`);
  return { parts, slash: text.endsWith('/') || parts.length === 0 };
}
