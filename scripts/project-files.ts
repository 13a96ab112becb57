import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const ROOT = dirname(import.meta.dirname);

/** Every file of the project as it stands: what is committed and what is not yet, without what git ignores. */
export function projectFiles(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return listed.split('\n').filter((file) => file !== '' && existsSync(join(ROOT, file)));
}

export const readProjectFile = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** What a TypeScript or JavaScript file imports, as it is written: static, dynamic with a plain text, and re-exports. */
export function importsOf(source: string): { from: string; typeOnly: boolean }[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  const found: { from: string; typeOnly: boolean }[] = [];
  for (const [, type, from] of code.matchAll(/^\s*(?:import|export)\s+(type\s+)?(?:[\w$*{][^'";]*?\s*from\s*)?['"]([^'"]+)['"]/gm)) found.push({ from: from!, typeOnly: type !== undefined });
  for (const [, from] of code.matchAll(/\bimport\(\s*(?:\/\*.*?\*\/\s*)?['"]([^'"]+)['"]\s*\)/g)) found.push({ from: from!, typeOnly: false });
  return found;
}
