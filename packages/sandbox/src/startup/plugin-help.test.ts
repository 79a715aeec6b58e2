import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { writePlugin } from '../testing/test-plugin.ts';
import { sandboxHelp } from './plugin-help.ts';

const OPTIONS = [
  { name: 'shim-port', type: 'int', description: 'a\nport', default: 7 },
  { name: 'shim-flag', type: 'flag', description: 'a flag' },
];

test('the help lists the options of plugins, stops them, and writes nothing', async () => {
  const plugin = await writePlugin({
    manifest: { options: OPTIONS },
    body: "process.on('exit', () => note('ended'));",
  });
  const lightningDir = join(temporaryDirectory(), 'node');
  const args = ['--help', `--lightning-dir=${lightningDir}`, `--plugin=${plugin.path}`];
  const text = await sandboxHelp({ args });
  expect(text).toMatch(/^--rgb=<string> +RRGGBB hex color for node$/m);
  expect(text).toMatch(/^--shim-port=<int> +a port \(default: 7\)$/m);
  expect(text).toMatch(/^--shim-flag +a flag$/m);
  expect(text).toMatch(/^--.* --proxy /m);
  await plugin.waitForNote((note) => note === 'ended');
  expect(existsSync(lightningDir)).toBe(false);
});

test('the help of a plugin that cannot start is an error', async () => {
  await expect(sandboxHelp({ args: ['-h', '--plugin=/nosuch'] })).rejects.toMatchObject({
    code: 'bad_option',
  });
});
