import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { expect, test } from 'vitest';

interface Sbom {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string };
  readonly components: readonly { readonly 'bom-ref': string; readonly hashes?: unknown }[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: string[] }[];
}

interface SbomScript {
  bundledPackages(plugin: string): string[];
  pluginSbom(
    sbom: Sbom,
    packages: readonly string[],
    build: { readonly version: string; readonly time: string },
  ): Sbom;
}

const ROOT = new URL('../..', import.meta.url).pathname;
/** The scripts have no types. */
const { bundledPackages, pluginSbom } = (await import(
  new URL('../../scripts/release/sbom.mjs', import.meta.url).href
)) as SbomScript;

const BUILD = { version: '1.0.0', time: '2026-01-01T00:00:00.000Z' };
const ALL: Sbom = {
  serialNumber: 'urn:uuid:random',
  metadata: { timestamp: 'now' },
  components: [{ 'bom-ref': 'a@1.0.0' }, { 'bom-ref': 'b@2.0.0' }, { 'bom-ref': 'tool@3.0.0' }],
  dependencies: [
    { ref: 'a@1.0.0', dependsOn: ['b@2.0.0', 'tool@3.0.0'] },
    { ref: 'b@2.0.0' },
    { ref: 'tool@3.0.0', dependsOn: [] },
  ],
};

test('the SBOM contains the bundled packages only, with the dependencies among them', () => {
  const { components, dependencies } = pluginSbom(ALL, ['a@1.0.0', 'b@2.0.0'], BUILD);
  expect(components.map((one) => one['bom-ref'])).toEqual(['a@1.0.0', 'b@2.0.0']);
  expect(dependencies).toEqual([
    { ref: 'clnrest@1.0.0', dependsOn: ['a@1.0.0', 'b@2.0.0'] },
    { ref: 'a@1.0.0', dependsOn: ['b@2.0.0'] },
    { ref: 'b@2.0.0', dependsOn: [] },
  ]);
});

test('a bundled package that the lock file does not have is an error', () => {
  expect(() => pluginSbom(ALL, ['a@1.0.1'], BUILD)).toThrow('does not know a@1.0.1');
});

test('the same build has the same SBOM, and another one another number', () => {
  const first = pluginSbom(ALL, ['a@1.0.0'], BUILD);
  expect(pluginSbom({ ...ALL, serialNumber: 'urn:uuid:other' }, ['a@1.0.0'], BUILD)).toEqual(first);
  expect(first.metadata.timestamp).toBe(BUILD.time);
  expect(first.serialNumber).toMatch(
    /^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-/,
  );
  expect(pluginSbom(ALL, ['b@2.0.0'], BUILD).serialNumber).not.toBe(first.serialNumber);
});

/** npm 9, which Debian 13 ships, has no `npm sbom`. */
const npm = execFileSync('npm', ['--version'], { encoding: 'utf8' });

test.skipIf(Number.parseInt(npm) < 10)(
  'the artefacts have the checksums of SHA256SUMS, and an SBOM with all bundled packages',
  () => {
    const folder = temporaryDirectory();
    execFileSync(process.execPath, [join(ROOT, 'scripts/release/artefacts.mjs'), folder], {
      env: { ...process.env, SOURCE_DATE_EPOCH: '1767225600' },
    });
    const bytes = (name: string): Buffer => readFileSync(join(folder, name));
    const sums = bytes('SHA256SUMS').toString().trim().split('\n');
    expect(sums).toEqual(
      ['rest', 'clnrest', 'sbom.cdx.json'].map(
        (name) => `${createHash('sha256').update(bytes(name)).digest('hex')}  ${name}`,
      ),
    );
    const sbom = JSON.parse(bytes('sbom.cdx.json').toString()) as Sbom;
    expect(sbom.metadata.timestamp).toBe('2026-01-01T00:00:00.000Z');
    const names = sbom.components.map((one) => one['bom-ref'].replace(/@[^@]*$/, ''));
    expect(names).toEqual(expect.arrayContaining(['ws', '@noble/curves', 'swagger-ui-dist']));
    expect(names).not.toContain('vitest');
    for (const name of ['rest', 'clnrest'])
      expect(bundledPackages(bytes(name).toString('latin1')).length).toBeGreaterThan(20);
    expect(sbom.components.filter(({ hashes }) => hashes === undefined)).toEqual([]);
  },
);
