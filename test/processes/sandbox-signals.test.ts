import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { RpcClient } from '@clnrest/lightningd';
import { temporaryDirectory } from '@clnrest/testing';
import { TestProcess } from '../support/process.ts';
import { CLNREST } from '../support/sandbox-node.ts';

/** Starts `clnrest sandbox` with its log on standard output. */
async function startSandbox(...options: readonly string[]) {
  const directory = temporaryDirectory();
  const sandbox = new TestProcess(process.execPath, [
    CLNREST,
    'sandbox',
    `--lightning-dir=${directory}`,
    '--clear-plugins',
    ...options,
  ]);
  onTestFinished(() => sandbox.stop().then(() => undefined));
  await sandbox.line(/Server started/);
  const rpc = new RpcClient({ socketPath: join(directory, 'regtest', 'lightning-rpc') });
  onTestFinished(() => rpc.close());
  // A node that replies has installed its signal handlers.
  expect(await rpc.call('getinfo', {})).toHaveProperty('id');
  return { directory, sandbox, rpc };
}

test('SIGHUP opens the log files again, and the sandbox continues', async () => {
  const log = join(temporaryDirectory(), 'log');
  const { sandbox, rpc } = await startSandbox('--log-file=-', `--log-file=${log}`);
  renameSync(log, `${log}.1`);
  sandbox.child.kill('SIGHUP');
  await sandbox.line(/INFO {4}lightningd: Started log due to SIGHUP/);
  // Each log file is written independently of standard output.
  const text = (file: string): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  await expect
    .poll(() => text(`${log}.1`))
    .toMatch(/INFO {4}lightningd: Ending log due to SIGHUP\n$/);
  await expect
    .poll(() => text(log))
    .toMatch(/^[^\n]+Z INFO {4}lightningd: Started log due to SIGHUP\n$/);
  expect(await rpc.call('getinfo', {})).toHaveProperty('id');
});

test('a log file that cannot be opened again stops the sandbox', async () => {
  const directory = temporaryDirectory();
  const log = join(directory, 'logs');
  const { sandbox } = await startSandbox('--log-file=-', `--log-file=${log}`);
  renameSync(log, `${log}.1`);
  // A directory in place of the file.
  renameSync(temporaryDirectory(), log);
  sandbox.child.kill('SIGHUP');
  await sandbox.line(/^clnrest sandbox: failed to reopen log file /);
  expect(await sandbox.exited).toBe(1);
});

test('SIGHUP ends a sandbox without log files, as the end of its terminal does', async () => {
  const { sandbox } = await startSandbox();
  sandbox.child.kill('SIGHUP');
  expect(await sandbox.exited).toBe(0);
});
