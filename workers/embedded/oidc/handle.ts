import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Provider } from 'oidc-provider';
import { choosePage, problemPage } from './pages';
import { DEMO_PEOPLE } from './people';
import { pageHeaders } from './provider';

const MAX_FORM_BYTES = 4096;

/** The provider's own endpoints, and the page where one chooses who to be. */
export function makeIssuerHandler(provider: Provider, { issuer, home }: { issuer: string; home: string }): RequestListener {
  const { host, origin } = new URL(issuer);
  const policy = `form-action 'self' ${new URL(home).origin}`;
  const byProvider = provider.callback();

  async function interaction(request: IncomingMessage, response: ServerResponse, uid: string): Promise<void> {
    if (request.method === 'GET') {
      await provider.interactionDetails(request, response);
      return sendPage(response, 200, choosePage(uid), policy);
    }
    // Another site must not choose for somebody.
    if (request.method !== 'POST' || request.headers.origin !== origin) return sendPage(response, 403, problemPage('This request does not come from this page.', home), policy);
    const chosen = new URLSearchParams(await readForm(request)).get('person');
    const person = DEMO_PEOPLE.find(({ id }) => id === chosen);
    if (!person) return sendPage(response, 400, problemPage('There is no such person.', home), policy);
    await provider.interactionFinished(request, response, { login: { accountId: person.id } }, { mergeWithLastSubmission: false });
  }

  return (request, response) => {
    // A name that another site made to point here (DNS rebinding) gets nothing: anybody may sign in as anybody.
    if (request.headers.host !== host) return sendPage(response, 421, problemPage(`The demo sign-in is at ${issuer}.`, home), policy);
    const uid = /^\/interaction\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    if (uid === undefined) return void byProvider(request, response);
    interaction(request, response, uid).catch((error: unknown) => {
      process.stderr.write(`interaction: ${error instanceof Error ? error.message : String(error)}\n`);
      sendPage(response, 400, problemPage('It has taken too long, or was finished before.', home), policy);
    });
  };
}

function sendPage(response: ServerResponse, status: number, html: string, policy: string): void {
  response.writeHead(status, pageHeaders(policy)).end(html);
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string;
    if (text.length > MAX_FORM_BYTES) throw new RangeError('the form is too large');
  }
  return text;
}
