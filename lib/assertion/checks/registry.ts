import type { Assertion } from '../assertion';
import { checkAccount, checkAccountKey, checkAccountKeyRequest } from './account';
import { checkConfdbSchema } from './confdb';
import { checkDeviceSessionRequest, checkPreseed, checkSerial, checkSerialRequest, checkSystemUser } from './device';
import { checkModel } from './model';
import { checkRepair } from './repair';
import { checkBaseDeclaration, checkSnapBuild, checkSnapDeclaration, checkSnapDeveloper, checkSnapResourcePair, checkSnapResourceRevision, checkSnapRevision, checkValidation } from './snap';
import { checkStore } from './store';
import { checkValidationSet } from './validation-set';

/** Throws Fault when the assertion breaks a rule of its type. */
export type TypeCheck = (assertion: Assertion) => void;
export type TypeChecks = Readonly<Partial<Record<string, TypeCheck>>>;

/** Types that are missing here, which no brand signs or ships, are carried without a look at their own headers. */
const CHECKS = new Map<string, TypeCheck>(
  Object.entries({
    account: checkAccount,
    'account-key': checkAccountKey,
    'account-key-request': checkAccountKeyRequest,
    'base-declaration': checkBaseDeclaration,
    'confdb-schema': checkConfdbSchema,
    'device-session-request': checkDeviceSessionRequest,
    model: checkModel,
    preseed: checkPreseed,
    repair: checkRepair,
    serial: checkSerial,
    'serial-request': checkSerialRequest,
    'snap-build': checkSnapBuild,
    'snap-declaration': checkSnapDeclaration,
    'snap-developer': checkSnapDeveloper,
    'snap-resource-pair': checkSnapResourcePair,
    'snap-resource-revision': checkSnapResourceRevision,
    'snap-revision': checkSnapRevision,
    store: checkStore,
    'system-user': checkSystemUser,
    validation: checkValidation,
    'validation-set': checkValidationSet,
  }),
);

export function checkTypeRules(assertion: Assertion): void {
  CHECKS.get(assertion.type)?.(assertion);
}
