import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** A file of the project. */
export const inProject = (file: string): string => path.join(ROOT, file);

export type Ended = { code: number | null; stdout: string; stderr: string };

/** `root` is the checkout whose command is started: this one, unless told. */
type StartOptions = { input?: string; folder?: string; env?: Record<string, string>; root?: string };

/** For tests: the command as npm starts it, with `input` on its stdin. */
export function imprint(args: string[], { input = '', folder = ROOT, env = {}, root = ROOT }: StartOptions = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'scripts/imprint.mjs'), ...args], { cwd: folder, env: { ...process.env, ...env } });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    // It may end without having read.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** For tests: what a batch answers to these lines, each object written as JSON and each text as it is. */
export async function batch(command: string, lines: unknown[]): Promise<{ code: number | null; stderr: string; answers: Record<string, unknown>[] }> {
  const input = lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
  const { code, stdout, stderr } = await imprint([...command.split(' '), '--batch'], { input });
  return { code, stderr, answers: parseLines(stdout) as Record<string, unknown>[] };
}

export const parseLines = (text: string): unknown[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);

/** For tests: a folder for a while, with these files in it. */
export function makeFolder(files: Record<string, string | Uint8Array> = {}): { folder: string; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'imprint-cli-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(folder, name), content);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
