import { describe, expect, it } from 'vitest';
import type { BuildSummary } from '@/lib/api/builds';
import type { Overview } from '@/lib/api/people';
import { stepsOf } from './next-step';

const nothing: Overview = { checklist: { keyReady: false, modelSigned: false, imageBuilt: false, linkShared: false }, counts: { models: 0, keys: 0, builds: 0 }, keysExpiring: [] };
const build = (number: number, state: BuildSummary['state']): BuildSummary => ({
  number, state, model: 'kiosk', modelDisplayName: 'Kiosk', revision: 0, version: 1, cancelRequested: false, requestedAt: '2026-11-22T10:00:00Z', requestedBy: { name: 'Ann', email: null },
  startedAt: null, finishedAt: null, stages: [], imageBytes: null, production: false,
});

describe('the steps to a link', () => {
  it('lead a new brand to a key, a model, a build and a link', () => {
    const steps = stepsOf('acme', nothing, { model: undefined, builds: [] });
    expect(steps.map((step) => step.href)).toEqual(['/acme/keys?new=true', '/acme/models/new', '/acme/models', '/acme/builds']);
    expect(steps.every((step) => !step.done)).toBe(true);
  });
  it('lead to the model that is there, to be signed', () => {
    const steps = stepsOf('acme', { ...nothing, counts: { ...nothing.counts, models: 1 } }, { model: 'kiosk', builds: [] });
    expect(steps[1]).toMatchObject({ action: 'Sign model', href: '/acme/models/kiosk', verb: 'model.sign' });
  });
  it('lead to the build that goes on rather than to another', () => expect(stepsOf('acme', nothing, { model: 'kiosk', builds: [build(3, 'running')] })[2]).toMatchObject({ action: 'Watch build', href: '/acme/builds/3' }));
  it('open the dialog of the newest image that can be shared', () =>
    expect(stepsOf('acme', nothing, { model: 'kiosk', builds: [build(4, 'failed'), build(3, 'succeeded'), build(2, 'succeeded')] })[3]?.href).toBe('/acme/builds/3?share=true'));
});
