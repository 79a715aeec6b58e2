import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@clnrest/testing';
import { describe, expect, test } from 'vitest';
import { builds } from '../builds.ts';
import { otherSpelling } from './other-spelling.ts';

/** Writes lightningd's files. Returns the directory of the network. */
function configured(base: string, network = ''): string {
  const directory = temporaryDirectory();
  const lightningDir = join(directory, 'regtest');
  mkdirSync(lightningDir);
  writeFileSync(join(directory, 'config'), base);
  if (network !== '') writeFileSync(join(lightningDir, 'config'), network);
  return lightningDir;
}

describe('an option with the prefix of the other plugin', () => {
  test('that does not run is named, with the one to write instead', async () => {
    const directory = configured(
      'rest-port=3010\n# clnrest-port=1\nclnrest-host=0.0.0.0\r\n',
      'clnrest-cors-origins=https://a.example\n',
    );
    expect(await otherSpelling(builds.rest, 3010, directory)).toBe(
      `\`clnrest-host\` in ${join(directory, '../config')} line 3 configures the plugin clnrest, which does not run without \`clnrest-port\`. To configure this plugin, write \`rest-host\`, \`rest-cors-origins\`.`,
    );
    const other = configured('clnrest-port=3010\nrest-host=::1\n');
    expect(await otherSpelling(builds.clnrest, 3010, other)).toContain('write `clnrest-host`.');
  });

  test('that has the same port is named, with the fix', async () => {
    const directory = configured('rest-port=3010\nclnrest-port=3010\n');
    expect(await otherSpelling(builds.rest, 3010, directory)).toBe(
      `\`clnrest-port\` in ${join(directory, '../config')} line 2 and \`rest-port\` have the same value, 3010, so only one of the two plugins can run: remove one of the options, or set another port.`,
    );
  });

  test.each([
    ['both run', 'rest-port=3010\nclnrest-port=3011\nclnrest-host=::1\n'],
    ['the option is unknown', 'clnrest-bogus=1\nrest-port=3010\n'],
    ['it is a comment', '#clnrest-host=::1\n'],
    ['there is none', 'alias=clnrest-host=x\n'],
  ])('is not named if %s', async (_, config) => {
    expect(await otherSpelling(builds.rest, 3010, configured(config))).toBeUndefined();
  });

  test('needs no file', async () => {
    expect(await otherSpelling(builds.rest, 3010, '/nowhere/regtest')).toBeUndefined();
  });
});
