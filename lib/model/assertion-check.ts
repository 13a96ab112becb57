import type { TypeChecks } from '../assertion/checks/registry';
import { Fault } from '../assertion/format-error';
import type { Problem } from '../errors';
import { assertModelRules } from './check';

function refuse(problem: Problem): never {
  throw new Fault('assertion-rule', problem.message.replace(/\.$/, ''), { header: problem.path });
}

/** For `decodeAssertion` and `assembleContent`: with these, what snapd refuses as a model is neither read nor signed. Throws Fault for the first problem. */
export const MODEL_CHECKS: TypeChecks = { model: ({ headers }) => assertModelRules(headers, refuse) };
