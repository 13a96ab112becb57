import { Tooltip } from 'radix-ui';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import type { SnapChannel, SnapView } from '@/lib/api/snaps';
import { checkDraft } from '@/lib/model/check';
import { snapRows } from '@/lib/model/edit';
import { snapIndexOf } from '@/lib/model/path';
import { SnapRow } from './snap-row';

const channel = (more: Partial<SnapChannel>): SnapChannel => ({
  ...{ channel: 'latest/stable', architecture: 'amd64', revision: 1, version: '1', sizeBytes: 1, base: null },
  ...{ takes: [], offers: [], assumes: [], ...more },
});
const view = (name: string, type: string, more: Partial<SnapChannel>): SnapView => ({
  ...{ name, snapId: name.padEnd(32, 'x'), title: name, summary: '', type, base: null },
  publisher: { username: 'acme', displayName: 'Acme', validation: 'verified' },
  channels: [channel(more)],
});

it('shows beside a snap what devices would refuse it for', () => {
  const app = { name: 'ui', id: 'ui'.padEnd(32, 'x'), type: 'app', 'default-channel': 'latest/stable' };
  const snapd = {
    name: 'snapd',
    id: 'snapd'.padEnd(32, 'x'),
    type: 'snapd',
    'default-channel': 'latest/stable',
  };
  const draft = {
    model: 'box',
    architecture: 'amd64',
    base: 'core24',
    grade: 'dangerous',
    snaps: [snapd, app],
  };
  const ui = view('ui', 'app', { base: 'core24', assumes: ['snapd2.99'] });
  const snaps = new Map([
    ['snapd', view('snapd', 'snapd', { version: '2.75' })],
    ['ui', ui],
  ]);
  const row = snapRows(draft).find(({ name }) => name === 'ui')!;
  const problems = checkDraft(draft, { brandId: 'acme', snaps }).filter(
    ({ path }) => snapIndexOf(path) === row.index,
  );
  const nothing = () => undefined;
  const acts = { onRemove: nothing, onChannel: nothing, onPresence: nothing, onFix: nothing };
  const element = createElement(SnapRow, {
    row,
    view: ui,
    architecture: 'amd64',
    problems,
    readOnly: false,
    ...acts,
  });
  const shown = renderToStaticMarkup(createElement(Tooltip.Provider, null, element));
  expect(shown).toMatch(/ui assumes snapd2\.99, which snapd 2\.75 of this model does not have/);
});
