import { describe, expect, it } from 'vitest';
import { writeCycloneDx } from './cyclonedx';
import { sampleInput, sha256 } from './testing';

type Component = { type: string; 'bom-ref': string; name: string; version: string; hashes: { alg: string; content: string }[]; licenses?: unknown[]; properties: { name: string; value: string }[]; components?: Component[] };
type Bom = { bomFormat: string; specVersion: string; serialNumber: string; version: number; metadata: { timestamp: string; component: Component }; components: Component[]; dependencies: { ref: string; dependsOn: string[] }[] };
const written = (change?: Parameters<typeof sampleInput>[0]): Bom => JSON.parse(writeCycloneDx(sampleInput(change), sha256)) as Bom;
const bom = written();
const componentOf = (name: string): Component => bom.components.find((each) => each.name === name)!;
const flat = (list: Component[]): Component[] => list.flatMap((each) => [each, ...flat(each.components ?? [])]);

/** Rules of the CycloneDX 1.6 schema. */
describe('a CycloneDX list', () => {
  it('says what it is, of what and when', () => {
    expect(Object.keys(bom)).toEqual(['$schema', 'bomFormat', 'specVersion', 'serialNumber', 'version', 'metadata', 'components', 'dependencies']);
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, metadata: { timestamp: '2026-01-01T00:00:00Z', lifecycles: [{ phase: 'build' }], component: { type: 'operating-system', name: 'acme-box', version: 'r1-build42', hashes: [{ alg: 'SHA-256', content: 'd'.repeat(64) }] } } });
    expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  });

  it('has every snap with its digest, id, revision and channel', () => {
    expect(bom.components.map(({ name, version, type }) => `${name} ${version} ${type}`)).toEqual(['snapd 2.63 application', 'pc-kernel 6.8.0-40.40 operating-system', 'core24 20240710 operating-system', 'pc 24-0.1 firmware', 'box-app x1 application']);
    expect(componentOf('pc-kernel').hashes).toEqual([
      { alg: 'SHA3-384', content: '2'.repeat(96) },
      { alg: 'SHA-256', content: 'b'.repeat(64) },
    ]);
    expect(Object.fromEntries(componentOf('pc').properties.map(({ name, value }) => [name, value]))).toEqual({ 'imprint:snap:id': 'UqFziVZDHLSyO3TqSWgNBoAdHbLI4dAH', 'imprint:snap:revision': '178', 'imprint:snap:channel': '24/stable', 'imprint:snap:type': 'gadget', 'imprint:snap:size': '4096' });
    expect(componentOf('box-app').properties.map(({ name }) => name)).toEqual(['imprint:snap:revision', 'imprint:snap:type', 'imprint:snap:size']);
    expect(componentOf('pc-kernel').components).toMatchObject([{ name: 'pc-kernel+wifi', version: '7', hashes: [{ alg: 'SHA3-384', content: '3'.repeat(96) }] }]);
  });

  it('tells licenses as expressions, and those that SPDX does not know by name', () => {
    expect(componentOf('snapd').licenses).toEqual([{ expression: 'GPL-3.0' }]);
    expect(componentOf('box-app').licenses).toEqual([{ license: { name: 'Proprietary' } }]);
    expect(componentOf('pc')).not.toHaveProperty('licenses');
  });

  it('refers to nothing that is not in it, and has each reference once', () => {
    const refs = flat([bom.metadata.component, ...bom.components]).map((each) => each['bom-ref']);
    expect(new Set(refs).size).toBe(refs.length);
    for (const { ref, dependsOn } of bom.dependencies) expect(refs).toEqual(expect.arrayContaining([ref, ...dependsOn]));
    expect(bom.dependencies.find(({ ref }) => ref === 'snap:pc')!.dependsOn).toEqual(['snap:core24']);
    expect(bom.dependencies.find(({ ref }) => ref === 'snap:snapd')!.dependsOn).toEqual([]);
  });

  it('is the same for the same image, and called otherwise for another', () => {
    expect(writeCycloneDx(sampleInput(), sha256)).toBe(writeCycloneDx(sampleInput(), sha256));
    expect(new Set([bom, written({ buildNumber: 43 }), written({ images: [] })].map(({ serialNumber }) => serialNumber)).size).toBe(3);
  });
});
