import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { findName } from './name.ts';
import { tryPort } from './port.ts';
import { codes, patientOf } from './testing/examined.ts';
import { serveRaw } from './testing/serve.ts';

test('nothing listens', async () => {
  const finding = await tryPort(patientOf('https://127.0.0.1:1'), ['127.0.0.1']);
  expect(finding).toMatchObject({
    code: 'port_refused',
    found: 'nothing listens at 127.0.0.1:1',
    details: [],
  });
  expect(finding.remedy).toContain('rest-port=1');
  expect(await codes('http://127.0.0.1:1')).toEqual({
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

test('something listens at some of the addresses', async () => {
  const port = await serveRaw(() => undefined);
  const patient = patientOf(`https://localhost:${port}`);
  expect(await tryPort(patient, ['127.0.0.2', '127.0.0.1'])).toMatchObject({
    code: 'port_partly',
    found: `only 127.0.0.1:${port} accepts connections`,
    details: [`127.0.0.2:${port}: ECONNREFUSED`],
  });
  expect(await tryPort(patient, ['127.0.0.1'])).toMatchObject({ code: 'port_open' });
});

test('there is no way to an address', async () => {
  // Broadcast, which no connection can be made to.
  const finding = await tryPort(patientOf('https://x:1'), ['255.255.255.255']);
  expect(finding.code).toBe('port_unreachable');
});

test('no answer comes', async () => {
  // Its queue of connections fills while it sleeps, and then the system drops what comes.
  const script =
    "require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })";
  const sleeper = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void sleeper.kill('SIGKILL'));
  const [line] = (await once(sleeper.stdout, 'data')) as [Buffer];
  const port = Number(line);
  sleeper.kill('SIGSTOP');
  for (let i = 0; i < 8; i++) {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
  }
  const patient = patientOf(`https://127.0.0.1:${port}`, { timeoutMs: 800 });
  expect(await tryPort(patient, ['127.0.0.1'])).toMatchObject({
    code: 'port_filtered',
    found: `no answer from 127.0.0.1:${port}`,
  });
});

test('a name is looked up', async () => {
  expect(await findName(patientOf('https://[::1]:1'))).toMatchObject({ addresses: ['::1'] });
  const { addresses } = await findName(patientOf('https://localhost:1'));
  expect(addresses).toContain('127.0.0.1');
  const onion = await findName(patientOf(`http://${'a'.repeat(56)}.onion:1`));
  expect(onion).toMatchObject({ finding: { code: 'name_of_tor' }, addresses: [] });
  const { finding } = await findName(patientOf('https://nowhere.invalid:1'));
  expect(['name_unknown', 'name_unresolved']).toContain(finding.code);
});

test('it ends when nobody waits for it any more', async () => {
  const port = await serveRaw(() => undefined);
  const ending = new AbortController();
  const waiting = codes(`http://127.0.0.1:${port}`, { signal: ending.signal });
  setImmediate(() => ending.abort(new Error('enough')));
  await expect(waiting).rejects.toThrow('enough');
  await expect(codes('http://127.0.0.1:1', { signal: ending.signal })).rejects.toThrow('enough');
});
