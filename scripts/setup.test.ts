import { describe, expect, it } from 'vitest';
import { TOOL_PACKAGES } from '@/lib/tools/find-tool';
import { checkNode, npmEnvironment, testTools } from './setup.mjs';

describe('set-up', () => {
  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('takes Node %s', (version) => expect(() => checkNode(version)).not.toThrow());
  it.each(['20.18.3', '18.20.0', '16.0.0'])('refuses Node %s and says what is needed', (version) => expect(() => checkNode(version)).toThrow(/Node 20\.19 or newer.*Install/));

  it('installs every tool that images need, from the package that has it', () => expect(testTools()).toMatchObject(TOOL_PACKAGES));

  it('keeps what an outer npm says about its own run from an inner one, but not where to fetch from', () => {
    const env = { PATH: '/bin', npm_config_global: 'true', npm_config_prefix: '/x', npm_lifecycle_event: 'start', npm_package_name: 'imprint', npm_command: 'run', npm_execpath: '/y', npm_config_registry: 'http://mirror.example', npm_config_cache: '/c', NPM_CONFIG_CAFILE: '/ca' };
    expect(npmEnvironment(env)).toEqual({ PATH: '/bin', npm_config_registry: 'http://mirror.example', npm_config_cache: '/c', NPM_CONFIG_CAFILE: '/ca' });
  });
});
