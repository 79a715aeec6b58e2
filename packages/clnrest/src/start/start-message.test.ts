import { describe, expect, test } from 'vitest';
import { startMessage } from './start-message.ts';
import { reachableUrl } from './reachable-url.ts';
import { shellWord } from './shell-word.ts';

const NODE = {
  url: 'https://127.0.0.1:3010',
  authority: '/home/you/.lightning/regtest/clnrest/ca.pem',
  rune: 'KUhZzNlECC7pYsz3QVbF1TqjIUYi3oyESTI7n60hLMs9MA==',
  cli: ['node', '/opt/clnrest.js', 'cli', '--regtest'],
};

test.each([
  ['https://0.0.0.0:3010', 'https://127.0.0.1:3010'],
  ['https://[::]:3010', 'https://[::1]:3010'],
  ['http://0.0.0.0:80', 'http://127.0.0.1'],
  ['https://192.168.1.10:3010', 'https://192.168.1.10:3010'],
  ['https://localhost:3010', 'https://localhost:3010'],
])('%s is reachable at %s', (listening, url) => {
  expect(reachableUrl(listening)).toBe(url);
});

test.each([
  ['/home/you/ca.pem', '/home/you/ca.pem'],
  ['/home/a b/ca.pem', "'/home/a b/ca.pem'"],
  ["/home/o'neil/ca.pem", String.raw`'/home/o'\''neil/ca.pem'`],
  ['https://[::1]:3010/v1/getinfo', "'https://[::1]:3010/v1/getinfo'"],
  ['$HOME', "'$HOME'"],
  ['~', "'~'"],
  ['', "''"],
])('%j in a shell is %s', (word, text) => {
  expect(shellWord(word)).toBe(text);
});

describe('the message', () => {
  test('has a line for each system that trusts the authority', () => {
    const lines = startMessage(NODE).split('\n');
    for (const system of ['macOS', 'Windows', 'Linux', 'Firefox']) {
      const line = lines.find((line) => line.startsWith(`  ${system} `));
      expect(line).toContain(system === 'Windows' ? 'ca.pem' : NODE.authority);
    }
  });

  test('quotes paths in commands, and only there', () => {
    const authority = '/home/a b/ca.pem';
    const text = startMessage({ ...NODE, authority, cli: ['node', '/x y.js', 'cli'] });
    expect(text).toContain("curl --cacert '/home/a b/ca.pem' \\\n");
    expect(text).toContain("  node '/x y.js' cli createrune null '[[\"method=getinfo\"]]'\n");
    expect(text.match(/'\/home\/a b\/ca.pem'/g)).toHaveLength(3);
    expect(text).toContain('  authority  /home/a b/ca.pem\n');
  });

  test('without TLS has no authority', () => {
    const text = startMessage({ ...NODE, url: 'http://127.0.0.1:3010', authority: undefined });
    expect(text).toContain(
      '  curl \\\n         --request POST \\\n'.replaceAll('         ', '       '),
    );
    expect(text).not.toMatch(/cacert|authority|Firefox/);
  });
});
