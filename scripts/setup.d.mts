export const ROOT: string;
export class SetupError extends Error {}
export function checkNode(version?: string): void;
export const RUN_TOOLS: Record<string, string>;
export function testTools(): Record<string, string>;
export function installTools(tools: Record<string, string>, options?: { say?: (line: string) => void; optional?: boolean }): Promise<void>;
export function installPackages(say?: (line: string) => void): Promise<void>;
export function npmEnvironment(env: Record<string, string | undefined>): Record<string, string | undefined>;
export function run(command: string[], options?: { env?: Record<string, string | undefined>; quiet?: boolean }): Promise<{ code: number; signal: string | null; output: string }>;
export function stopRunning(): void;
