export function systemSentence(error: unknown): string | undefined;
