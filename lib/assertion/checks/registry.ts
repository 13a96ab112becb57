import type { Assertion } from '../assertion';
import { checkAccount, checkAccountKey, checkAccountKeyRequest } from './account';
import { checkCluster } from './cluster';
import { checkConfdbSchema } from './confdb';
import { checkConfdbControl } from './confdb-control';
import { checkDeviceSessionRequest, checkSerial, checkSerialRequest, checkSystemUser } from './device';
import { checkHardwareIdentity } from './hardware-identity';
import { checkRequestMessage, checkResponseMessage } from './messages';
import { checkModel } from './model';
import { checkPreseed } from './preseed';
import { checkRepair } from './repair';
import { checkBaseDeclaration, checkSnapBuild, checkSnapDeclaration, checkSnapDeveloper, checkSnapResourcePair, checkSnapResourceRevision, checkSnapRevision, checkValidation } from './snap';
import { checkStore } from './store';
import { checkValidationSet } from './validation-set';

/** Throws Fault when the assertion breaks a rule of its type. */
export type TypeCheck = (assertion: Assertion) => void;
export type TypeChecks = Readonly<Partial<Record<string, TypeCheck>>>;

const CHECKS = new Map<string, TypeCheck>(
  Object.entries({
    account: checkAccount,
    'account-key': checkAccountKey,
    'account-key-request': checkAccountKeyRequest,
    'base-declaration': checkBaseDeclaration,
    cluster: checkCluster,
    'confdb-control': checkConfdbControl,
    'confdb-schema': checkConfdbSchema,
    'device-session-request': checkDeviceSessionRequest,
    'hardware-identity': checkHardwareIdentity,
    model: checkModel,
    preseed: checkPreseed,
    repair: checkRepair,
    'request-message': checkRequestMessage,
    'response-message': checkResponseMessage,
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
