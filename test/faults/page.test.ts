import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const DESCRIBED = 'kill -9 ';

/** The commands in the tables of the page: a path, and a part of a test's name. */
function commands(): readonly (readonly [string, string | undefined])[] {
  const page = readFileSync(`${ROOT}/docs/reference/reliability.md`, 'utf8');
  const faults = page.slice(page.indexOf('\n## Faults\n'));
  const matches = faults.matchAll(/`((?:test|packages)\/[^` ]+)(?: -t (?:"([^"]+)"|([^`]+)))?`/g);
  return [...matches].map(([, path = '', quoted, word]) => [path, quoted ?? word]);
}

/** The sources of a test file, or of all in a folder. */
function sources(path: string): string {
  if (statSync(path).isFile()) return readFileSync(path, 'utf8');
  const files = readdirSync(path, { recursive: true, encoding: 'utf8' });
  const tests = files.filter((file) => file.endsWith('.test.ts') && file !== 'page.test.ts');
  return tests.map((file) => readFileSync(`${path}/${file}`, 'utf8')).join('\n');
}

test('each command of reliability.md names tests that exist', () => {
  expect(commands().length).toBeGreaterThan(30);
  for (const [path, name = ''] of commands()) {
    // A group gives this part of a name.
    const own = name.startsWith(DESCRIBED) ? `'${name.slice(DESCRIBED.length)}` : name;
    expect(sources(`${ROOT}/${path}`), `${path} -t "${name}"`).toContain(own);
  }
});
