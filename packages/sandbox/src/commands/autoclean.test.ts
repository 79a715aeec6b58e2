import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { WorldClient } from '../testing/world-client.ts';
import { temporaryDirectory } from '@clnrest/testing';

const SECOND = 1_000_000_000n;

type Counts = Record<string, { readonly cleaned: number; readonly uncleaned?: number }>;

test('autoclean-once removes what is old enough, and the total survives a restart', async () => {
  const clock = new ManualClock(1_795_195_305n * SECOND);
  const directory = temporaryDirectory();
  const sandbox = await temporarySandbox({ clock, directory });
  const client = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
  const clean = async (subsystem: string, age: number) =>
    (await client.call<{ autoclean: Counts }>('autoclean-once', [subsystem, age])).autoclean[
      subsystem
    ];
  await client.call('dev-open-channel');
  await client.call('dev-open-channel', { peer: 'alice' });
  for (const label of ['first', 'second']) {
    const { bolt11 } = await client.call<{ bolt11: string }>('invoice', [1000, label, '']);
    await client.call('dev-peer-pay', [bolt11]);
    await client.call('pay', [await client.peerInvoice('1000')]);
    await client.call('dev-forward', { from: 'bob', to: 'alice', amount_msat: 1000 });
    clock.advance(100_000);
  }
  for (const subsystem of ['paidinvoices', 'succeededpays', 'succeededforwards']) {
    expect(await clean(subsystem, 150)).toEqual({ cleaned: 1, uncleaned: 1 });
    expect(await clean(subsystem, 150)).toEqual({ cleaned: 0, uncleaned: 1 });
  }
  expect(await client.call('listinvoices')).toMatchObject({ invoices: [{ label: 'second' }] });
  expect(await client.call('listsendpays')).toMatchObject({ payments: [{}] });
  expect(await client.call('listforwards')).toMatchObject({ forwards: [{}] });
  expect(await clean('expiredinvoices', 1)).toEqual({ cleaned: 0, uncleaned: 0 });
  expect(await client.call('autoclean-once', ['paidinvoices', 0])).toEqual({ autoclean: {} });
  await sandbox.stop();
  const again = await WorldClient.start({ directory, clock });
  expect(await again.call('autoclean-status', ['paidinvoices'])).toEqual({
    autoclean: { paidinvoices: { enabled: false, cleaned: 1 } },
  });
});

test('the options clean regularly, also after setconfig', async () => {
  const { rpcPath } = await temporarySandbox({ args: ['--autoclean-paidinvoices-age=1'] });
  const connect = async () => new WorldClient(await SocketClient.connect(rpcPath));
  const client = await connect();
  expect(await client.call('autoclean-status', ['paidinvoices'])).toEqual({
    autoclean: { paidinvoices: { enabled: true, age: 1, cleaned: 0 } },
  });
  await client.call('invoice', [1000, 'paid', '']);
  const { pay_index: paid } = await client.call<{ pay_index: number }>('dev-pay-invoice', ['paid']);
  expect(paid).toBe(1);
  const deleted = (await connect()).call('wait', ['invoices', 'deleted', 1]);
  await client.call('setconfig', { config: 'autoclean-cycle', val: 1, transient: true });
  expect(await deleted).toMatchObject({ subsystem: 'invoices', deleted: 1 });
});
