// Signs in over plain HTTP as a browser without scripts would: cookies, redirects and forms. For programs that use the API.

/** One visitor: keeps the cookies of each origin. */
export class HttpSession {
  #jar = new Map();

  constructor(base) {
    this.base = base.replace(/\/+$/, '');
  }

  /** fetch with our cookies and, for changes, the origin that the console asks for. Redirects are not followed. */
  async fetch(address, options = {}) {
    const url = new URL(address, this.base);
    const cookies = [...(this.#jar.get(url.origin) ?? new Map())].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { accept: 'text/html', ...(options.method && options.method !== 'GET' ? { origin: url.origin } : {}), ...(cookies ? { cookie: cookies } : {}), ...options.headers };
    const response = await fetch(url, { redirect: 'manual', ...options, headers });
    this.#keep(url.origin, response.headers.getSetCookie());
    return response;
  }

  /** Follows redirects to the page that is shown in the end. */
  async visit(address, options = {}) {
    let url = new URL(address, this.base);
    let response = await this.fetch(url, options);
    for (let hops = 0; response.status >= 300 && response.status < 400 && response.headers.has('location'); hops += 1) {
      if (hops > 15) throw new Error(`${url.href} redirects without end`);
      await response.arrayBuffer();
      url = new URL(response.headers.get('location'), url);
      response = await this.fetch(url);
    }
    return { url, status: response.status, html: await response.text() };
  }

  submit(page, action, fields) {
    return this.visit(new URL(action, page.url), { method: 'POST', body: new URLSearchParams(fields), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  }

  /** Sends JSON, gets JSON. Throws an Error with the console's own sentence, code and status. */
  async json(address, { method = 'GET', body } = {}) {
    const response = await this.fetch(address, { method, headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, body: body === undefined ? undefined : JSON.stringify(body) });
    const answer = await response.json();
    if (!response.ok) throw Object.assign(new Error(answer.error?.message ?? `HTTP ${response.status}`), { code: answer.error?.code, status: response.status, problems: answer.error?.problems });
    return answer;
  }

  #keep(origin, cookies) {
    const jar = this.#jar.get(origin) ?? new Map();
    this.#jar.set(origin, jar);
    for (const line of cookies) {
      const [pair, ...attributes] = line.split(';');
      const at = pair.indexOf('=');
      const name = pair.slice(0, at).trim();
      const gone = attributes.some((one) => /^\s*max-age=0\s*$/i.test(one) || (/^\s*expires=/i.test(one) && Date.parse(one.split('=')[1]) < Date.now()));
      if (gone) jar.delete(name);
      else jar.set(name, pair.slice(at + 1).trim());
    }
  }
}

const unescapeHtml = (text) => text.replaceAll('&quot;', '"').replaceAll('&#x27;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** The first form of a page: where it goes, and its hidden fields. */
export function readForm({ html, url }) {
  const [form] = /<form\b[\s\S]*?<\/form>/.exec(html) ?? [];
  if (!form) throw new Error(`There is no form on ${url.href}`);
  const attribute = (tag, name) => unescapeHtml(new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
  const hidden = [...form.matchAll(/<input\b[^>]*\btype="hidden"[^>]*>/g)].map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')]);
  return { action: attribute(/<form\b[^>]*>/.exec(form)[0], 'action'), fields: Object.fromEntries(hidden) };
}

/** A session signed in as one of the demo people of the embedded issuer, such as `ada`. Throws an Error that says how far it came. */
export async function signInAs(base, person) {
  const session = new HttpSession(base);
  const signIn = await session.visit('/sign-in');
  const start = readForm(signIn);
  const choose = await session.submit(signIn, start.action, start.fields);
  if (!choose.url.pathname.startsWith('/interaction/')) throw new Error(`The demo sign-in did not come up; this is ${choose.url.href} (HTTP ${choose.status}).`);
  const done = await session.submit(choose, readForm(choose).action, { person });
  if (done.url.origin !== new URL(session.base).origin || done.url.pathname === '/sign-in') throw new Error(`Signing in as ${person} ended at ${done.url.href} (HTTP ${done.status}).`);
  return session;
}
