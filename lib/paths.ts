/** Every address of the console, in one place: pages, API and downloads. `brand` is the slug; names are URL-safe by their own rules but encoded all the same. */
const e = encodeURIComponent;

export const paths = {
  home: () => '/',
  signIn: (callbackUrl?: string) => (callbackUrl ? `/sign-in?callbackUrl=${e(callbackUrl)}` : '/sign-in'),
  signOut: () => '/sign-out',
  signedOut: () => '/signed-out',
  overview: (brand: string) => `/${e(brand)}`,
  models: (brand: string) => `/${e(brand)}/models`,
  newModel: (brand: string) => `/${e(brand)}/models/new`,
  model: (brand: string, model: string) => `/${e(brand)}/models/${e(model)}`,
  modelVersions: (brand: string, model: string) => `/${e(brand)}/models/${e(model)}/versions`,
  modelBuilds: (brand: string, model: string) => `/${e(brand)}/models/${e(model)}/builds`,
  keys: (brand: string) => `/${e(brand)}/keys`,
  key: (brand: string, key: string) => `/${e(brand)}/keys/${e(key)}`,
  builds: (brand: string) => `/${e(brand)}/builds`,
  build: (brand: string, build: number) => `/${e(brand)}/builds/${build}`,
  snaps: (brand: string) => `/${e(brand)}/snaps`,
  team: (brand: string) => `/${e(brand)}/team`,
  audit: (brand: string) => `/${e(brand)}/audit`,
  /** The token rides in the query, which logs redact. */
  share: (shareId: string, token: string) => `/s/${e(shareId)}?t=${e(token)}`,
  shareDownload: (shareId: string, artifact: string, token: string) => `/s/${e(shareId)}/download/${e(artifact)}?t=${e(token)}`,
  artifact: (brand: string, build: number, artifact: string) => `/artifacts/${e(brand)}/${build}/${e(artifact)}`,
  health: () => '/healthz',
} as const;

const v1 = (brand: string) => `/api/v1/${e(brand)}`;

export const api = {
  openapi: () => '/api/v1/openapi.json',
  me: () => '/api/v1/me',
  overview: (brand: string) => `${v1(brand)}/overview`,
  keys: (brand: string) => `${v1(brand)}/keys`,
  key: (brand: string, key: string) => `${v1(brand)}/keys/${e(key)}`,
  registerKey: (brand: string, key: string) => `${v1(brand)}/keys/${e(key)}/register`,
  models: (brand: string) => `${v1(brand)}/models`,
  model: (brand: string, model: string) => `${v1(brand)}/models/${e(model)}`,
  versions: (brand: string, model: string) => `${v1(brand)}/models/${e(model)}/versions`,
  version: (brand: string, model: string, version: number) => `${v1(brand)}/models/${e(model)}/versions/${version}`,
  signatures: (brand: string, model: string) => `${v1(brand)}/models/${e(model)}/signatures`,
  /** `chain` adds the account and account-key assertions that a build needs. */
  assertion: (brand: string, model: string, revision: number, chain = false) => `${v1(brand)}/models/${e(model)}/signatures/${revision}/assertion${chain ? '?chain=1' : ''}`,
  builds: (brand: string) => `${v1(brand)}/builds`,
  build: (brand: string, build: number) => `${v1(brand)}/builds/${build}`,
  buildEvents: (brand: string, build: number) => `${v1(brand)}/builds/${build}/events`,
  buildLog: (brand: string, build: number) => `${v1(brand)}/builds/${build}/log`,
  cancelBuild: (brand: string, build: number) => `${v1(brand)}/builds/${build}/cancel`,
  buildArtifacts: (brand: string, build: number) => `${v1(brand)}/builds/${build}/artifacts`,
  shares: (brand: string, build: number) => `${v1(brand)}/builds/${build}/shares`,
  share: (brand: string, shareId: string) => `${v1(brand)}/shares/${e(shareId)}`,
  snaps: (brand: string) => `${v1(brand)}/snaps`,
  snap: (brand: string, snap: string) => `${v1(brand)}/snaps/${e(snap)}`,
  team: (brand: string) => `${v1(brand)}/team`,
  audit: (brand: string) => `${v1(brand)}/audit`,
} as const;
