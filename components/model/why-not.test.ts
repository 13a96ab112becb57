import { describe, expect, it } from 'vitest';
import type { Problem } from '@/lib/errors';
import { draftFromTemplate } from '@/lib/model/templates';
import { whyNotBuild, whyNotSave, whyNotSign } from './why-not';
import type { Workspace } from './workspace';

const problem = (severity?: Problem['severity']): Problem => ({ path: 'base', code: 'x', message: 'x', ...(severity ? { severity } : {}) });
const at = (more: { dirty?: boolean; problems?: Problem[]; signedRevision?: number | null; template?: string }): Workspace => {
  const headers = draftFromTemplate(more.template ?? 'amd64-core24', { name: 'x1', displayName: '', grade: 'signed' });
  return { dirty: false, problems: [], ...more, started: { number: 3, headers, signedRevision: more.signedRevision ?? null } } as unknown as Workspace;
};

describe('a version can be saved', () => {
  it('when something has changed and nothing must be fixed', () => {
    expect(whyNotSave(at({ dirty: true, problems: [problem('warning'), problem('info')] }))).toBeUndefined();
  });
  it('but not without a change, nor with an error', () => {
    expect(whyNotSave(at({}))).toContain('since version 3');
    expect(whyNotSave(at({ dirty: true, problems: [problem(), problem()] }))).toContain('2 things');
  });
});

describe('a version can be signed', () => {
  it('when it is saved and sound', () => {
    expect(whyNotSign(at({ problems: [problem('warning')] }))).toBeUndefined();
  });
  it('but not while it is being changed, nor with an error', () => {
    expect(whyNotSign(at({ dirty: true }))).toContain('Save them first');
    expect(whyNotSign(at({ problems: [problem('error')] }))).toContain('1 thing');
  });
});

describe('an image can be built', () => {
  it('from a signed version', () => {
    for (const template of ['amd64-core24', 'pi-arm64-core24']) expect(whyNotBuild(at({ signedRevision: 1, template }))).toBeUndefined();
  });
  it('but not from one that is not signed or has changed', () => {
    expect(whyNotBuild(at({}))).toContain('not signed');
    expect(whyNotBuild(at({ signedRevision: 1, dirty: true }))).toContain('Save them first');
  });
});
