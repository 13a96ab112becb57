export type Visited = { url: URL; status: number; html: string };
export class HttpSession {
  constructor(base: string);
  readonly base: string;
  fetch(address: string | URL, options?: RequestInit): Promise<Response>;
  visit(address: string | URL, options?: RequestInit): Promise<Visited>;
  submit(page: Visited, action: string, fields: Record<string, string>): Promise<Visited>;
  json<T = unknown>(address: string, options?: { method?: string; body?: unknown }): Promise<T>;
}
export function readForm(page: Visited): { action: string; fields: Record<string, string> };
export function signInAs(base: string, person: string): Promise<HttpSession>;
