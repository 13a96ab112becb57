import type { TypeChecks } from '../assertion/checks/registry';
import { Fault } from '../assertion/format-error';
import { checkModelRules } from './check';

/** For `decodeAssertion` and `assembleContent`: with these, what snapd refuses as a model is neither read nor signed. Throws Fault for the first problem. */
export const MODEL_CHECKS: TypeChecks = {
  model: ({ headers }) => {
    const problem = checkModelRules(headers).find((p) => (p.severity ?? 'error') === 'error');
    if (problem) throw new Fault('assertion-rule', problem.message.replace(/\.$/, ''), { header: problem.path });
  },
};
