import { expect, test } from 'vitest';
import { OptionError } from '../options/settings.ts';
import { readServiceSettings } from './service-settings.ts';

async function read(options: Readonly<Record<string, readonly string[]>>) {
  const { settings } = await readServiceSettings(new Map(Object.entries(options)), '/node/regtest');
  return settings;
}

test('without options, has the defaults of the plugin and a port', async () => {
  expect(await read({})).toMatchObject({
    port: 3010,
    protocol: 'https',
    hosts: [{ host: '127.0.0.1' }],
    certificates: '/node/regtest/clnrest',
    origins: ['*'],
    metrics: undefined,
  });
});

test('reads texts', async () => {
  const settings = await read({
    port: ['3020'],
    host: ['127.0.0.1', '::1'],
    'metrics-port': ['9100'],
    'rune-recheck': ['1', '5'],
    certs: ['/certs'],
  });
  expect(settings).toMatchObject({
    port: 3020,
    hosts: [{ host: '127.0.0.1' }, { host: '::1' }],
    metrics: { host: '127.0.0.1', port: 9100 },
    runeRecheck: 5,
    certificates: '/certs',
  });
});

test.each([
  [{ port: ['99'] }, '`--port` 99, should be a valid available port between 1024 and 65535.'],
  [{ port: ['30x'] }, '`--port` must be an integer. "30x" is not.'],
  [{ port: ['1e4'] }, '`--port` must be an integer. "1e4" is not.'],
  [{ protocol: ['ftp'] }, '`--protocol` can either be http or https. `ftp` is neither.'],
  [{ judge: ['me'] }, '`--judge` can either be auto or node. `me` is neither.'],
])('refuses %j', async (options, message) => {
  await expect(read(options)).rejects.toEqual(new OptionError(message));
});
