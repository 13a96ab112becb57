import { DEMO_PEOPLE } from './people';
import type { DemoPerson } from './people';

const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const STYLE = `
:root{color-scheme:light dark;--canvas:light-dark(#fff,#120f12);--sunken:light-dark(#f8f7f8,#0d0b0d);--ink:light-dark(#1c161c,#f1eff1);--muted:light-dark(#5a535a,#aaa5aa);--line:light-dark(#e4e1e4,#332e33);--hover:light-dark(#f2eff2,#221d22);--accent:light-dark(#8a2a6c,#e39cca);--warn:light-dark(#7a4a00,#f0c060);--warn-soft:light-dark(#fff6e0,#2c2413);--warn-line:light-dark(#ecd9a6,#5a4a22)}
*{box-sizing:border-box}
body{margin:0;min-height:100dvh;display:grid;place-items:center;padding:1rem;background:var(--sunken);color:var(--ink);font:14px/1.5 ui-sans-serif,system-ui,sans-serif}
main{width:100%;max-width:30rem;background:var(--canvas);border:1px solid var(--line);border-radius:12px;padding:1.5rem}
h1{font-size:1.25rem;margin:0 0 .25rem}p{margin:0 0 1rem;color:var(--muted)}
h2{font-size:.75rem;font-weight:500;color:var(--muted);margin:1.25rem 0 .5rem}
.demo{border:1px solid var(--warn-line);background:var(--warn-soft);border-radius:8px;padding:.625rem .75rem;margin:0 0 1rem;color:var(--ink)}.demo b{color:var(--warn)}
ul{list-style:none;margin:0;padding:0;display:grid;gap:.375rem}
@media(min-width:30rem){ul{grid-template-columns:1fr 1fr}}
button{width:100%;display:flex;gap:.625rem;align-items:center;text-align:left;font:inherit;color:inherit;background:none;border:1px solid var(--line);border-radius:8px;padding:.5rem .625rem;cursor:pointer;min-height:44px}
button:hover{background:var(--hover)}button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.face{flex:none;display:grid;place-items:center;width:28px;height:28px;border-radius:50%;background:var(--hover);color:var(--accent);font-size:.75rem;font-weight:600}
.who{display:block;font-weight:500}.about{display:block;color:var(--muted);font-size:.8125rem}
`;

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)}</title><style>${STYLE}</style></head>
<body><main>${body}</main></body></html>
`;

const initials = (name: string): string => name.split(' ').map((word) => word[0]).join('');

const button = ({ id, name, about }: DemoPerson): string =>
  `<li><button type="submit" name="person" value="${escape(id)}"><span class="face" aria-hidden="true">${escape(initials(name))}</span><span><span class="who">${escape(name)}</span><span class="about">${escape(about)}</span></span></button></li>`;

const GROUPS: { title: string; has: (person: DemoPerson) => boolean }[] = [
  { title: 'Acme', has: ({ groups }) => groups.every((group) => group.startsWith('acme-')) },
  { title: 'Globex', has: ({ groups }) => groups.every((group) => group.startsWith('globex-')) },
  { title: 'Both brands', has: ({ groups }) => groups.some((group) => group.startsWith('acme-')) && groups.some((group) => group.startsWith('globex-')) },
];

/** One button a person: a click signs in. */
export const choosePage = (uid: string): string =>
  page(
    'Choose who you are · Demo sign-in',
    `<h1>Choose who you are</h1>
<p>to continue to Imprint</p>
<p class="demo"><b>Demo sign-in.</b> These people are made up and have no passwords. For real use, set OIDC_ISSUER to your own identity provider.</p>
<form method="post" action="/interaction/${escape(uid)}">${GROUPS.map(({ title, has }) => `<h2>${title}</h2><ul>${DEMO_PEOPLE.filter(has).map(button).join('')}</ul>`).join('')}</form>`,
  );

/** `form` is the provider's own, which ends its session; sent by script, or by the button where there is none. */
export const signOutPage = (form: string, nonce: string): string =>
  page(
    'Sign out · Demo sign-in',
    `<h1>Sign out</h1><p>Ending your session at the demo sign-in.</p>${form}<button form="op.logoutForm" name="logout" value="yes">Sign out</button>
<script nonce="${nonce}">document.querySelector('button').click()</script>`,
  );

export const signedOutPage = (home: string): string => page('Signed out · Demo sign-in', `<h1>You are signed out</h1><p><a href="${escape(home)}">Back to Imprint</a></p>`);

export const problemPage = (message: string, home: string): string => page('Demo sign-in', `<h1>This sign-in cannot go on</h1><p>${escape(message)}</p><p><a href="${escape(home)}">Start again at Imprint</a></p>`);
