import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The parts of these files that the test reads. */
interface Lock {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
}
interface Manifest {
  readonly allowScripts: Readonly<Record<string, boolean>>;
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
}

test('npm ci runs no install scripts of dependencies, and needs no confirmation to skip them', () => {
  const { packages } = read('package-lock.json') as Lock;
  const { allowScripts } = read('package.json') as Manifest;
  const scripted = Object.entries(packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.replace(/^.*node_modules\//, ''));
  expect(Object.fromEntries(scripted.map((name) => [name, false]))).toEqual(allowScripts);
});
