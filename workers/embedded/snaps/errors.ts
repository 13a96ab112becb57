/** Why the demo snaps cannot be made. The first three mean that this machine cannot, not that something broke. */
export type DemoSnapsErrorCode = 'platform-unsupported' | 'tool-missing' | 'packages-unreachable' | 'tool-failed' | 'package-unexpected';
