import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { serveRaw } from '@clnrest/testing/serve';
import { checkName } from './name.ts';
import { checkPort } from './port.ts';
import { findingCodes, targetOf } from './testing/run-doctor.ts';

test('nothing listens', async () => {
  const finding = await checkPort(targetOf('https://127.0.0.1:1'), ['127.0.0.1']);
  expect(finding).toMatchObject({
    code: 'port_refused',
    found: 'nothing listens on 127.0.0.1:1',
    details: [],
  });
  expect(finding.remedy).toContain('rest-port=1');
  expect(await findingCodes('http://127.0.0.1:1')).toEqual({
    name: 'name_found',
    port: 'port_refused',
    protocol: 'left_out',
    gateway: 'left_out',
    clock: 'left_out',
    rune: 'rune_missing',
    node: 'left_out',
    polling: 'left_out',
    websocket: 'left_out',
    events: 'left_out',
  });
});

test('only some addresses accept connections', async () => {
  const port = await serveRaw(() => undefined);
  const target = targetOf(`https://localhost:${port}`);
  expect(await checkPort(target, ['127.0.0.2', '127.0.0.1'])).toMatchObject({
    code: 'port_partly',
    found: `only 127.0.0.1:${port} accepts connections`,
    details: [`127.0.0.2:${port}: ECONNREFUSED`],
  });
  expect(await checkPort(target, ['127.0.0.1'])).toMatchObject({ code: 'port_open' });
});

test('an address is not reachable', async () => {
  // TCP cannot connect to the broadcast address.
  const finding = await checkPort(targetOf('https://x:1'), ['255.255.255.255']);
  expect(finding.code).toBe('port_unreachable');
});

test('an address does not respond', async () => {
  // While the process is stopped, its backlog fills, and the system drops further connections.
  const script =
    "require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })";
  const stopped = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void stopped.kill('SIGKILL'));
  const [line] = (await once(stopped.stdout, 'data')) as [Buffer];
  const port = Number(line);
  stopped.kill('SIGSTOP');
  for (let i = 0; i < 8; i++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
  }
  const target = targetOf(`https://127.0.0.1:${port}`, { timeoutMs: 800 });
  expect(await checkPort(target, ['127.0.0.1'])).toMatchObject({
    code: 'port_filtered',
    found: `no response from 127.0.0.1:${port}`,
  });
});

test('a name is resolved', async () => {
  expect(await checkName(targetOf('https://[::1]:1'))).toMatchObject({ addresses: ['::1'] });
  const { addresses } = await checkName(targetOf('https://localhost:1'));
  expect(addresses).toContain('127.0.0.1');
  const onion = await checkName(targetOf(`http://${'a'.repeat(56)}.onion:1`));
  expect(onion).toMatchObject({ finding: { code: 'name_of_tor' }, addresses: [] });
  const { finding } = await checkName(targetOf('https://nowhere.invalid:1'));
  expect(['name_unknown', 'name_unresolved']).toContain(finding.code);
});

test('an aborted run ends', async () => {
  const port = await serveRaw(() => undefined);
  const controller = new AbortController();
  const pending = findingCodes(`http://127.0.0.1:${port}`, { signal: controller.signal });
  setImmediate(() => controller.abort(new Error('enough')));
  await expect(pending).rejects.toThrow('enough');
  await expect(findingCodes('http://127.0.0.1:1', { signal: controller.signal })).rejects.toThrow(
    'enough',
  );
});
