import type { Msat, U64 } from '@clnrest/commands';
import { expectTypeOf, test } from 'vitest';
import { FakeLightningd } from '../fake-lightningd/fake-lightningd.ts';
import { RpcClient } from '../rpc/client.ts';
import { Plugin } from './plugin.ts';

// The compiler checks this file: each line under @ts-expect-error must not compile.

declare module '@clnrest/commands' {
  interface HookPayloads {
    future_hook: {
      readonly request: { readonly height: U64 };
      readonly response: { result: 'continue' | 'later' };
    };
  }
  interface NotificationPayloads {
    coffee_ordered: { readonly cups: U64 };
  }
}

test('a hook is typed by its name', async () => {
  const plugin = new Plugin()
    .hook('htlc_accepted', ({ params: { htlc } }) => {
      expectTypeOf(htlc.amount_msat).toEqualTypeOf<Msat>();
      return BigInt(htlc.amount_msat) > 2n ** 63n
        ? { result: 'fail', failure_message: '2002' }
        : { result: 'continue' };
    })
    .hook('custommsg', () => {}, { filters: [11008] })
    .hook('rpc_command', async ({ params }) => {
      expectTypeOf(params.rpc_command.method).toEqualTypeOf<string>();
      return { return: { error: { code: -1, message: 'no' } } };
    });
  const refused = (): void => {
    // @ts-expect-error: a misspelt hook
    plugin.hook('htlc_acepted', () => {});
    // @ts-expect-error: a misspelt result
    plugin.hook('openchannel', () => ({ result: 'accept' }));
    // @ts-expect-error: a preimage is required to settle
    plugin.hook('htlc_accepted', () => ({ result: 'resolve' }));
    // @ts-expect-error: the payload has no member of this name
    plugin.hook('invoice_payment', ({ params }) => void params.payment.lable);
    // @ts-expect-error: the hook has no filters
    plugin.hook('invoice_payment', () => {}, { filters: ['a'] });
    // @ts-expect-error: filters of custom messages are numbers
    plugin.hook('custommsg', () => {}, { filters: ['a'] });
    // @ts-expect-error: a misspelt result of the fallback
    plugin.hook('peer_connected', () => {}, { fallback: { result: 'refuse' } });
  };
  void refused;
  const { lightningd, io } = FakeLightningd.inProcess();
  const ended = plugin.run(io);
  await lightningd.start();
  lightningd.send(
    '{"jsonrpc":"2.0","id":1,"method":"htlc_accepted","params":{"onion":{},"htlc":{"amount_msat":18446744073709551615}}}',
  );
  await lightningd.frame(({ result }) => result?.['failure_message'] === '2002');
  lightningd.end();
  await ended;
});

test('a notification is typed by its topic', () => {
  const plugin = new Plugin({ notifications: ['mine', 'coffee_ordered'] })
    .subscribe('invoice_payment', ({ payload, topic }) => {
      expectTypeOf(payload.msat).toEqualTypeOf<Msat>();
      expectTypeOf(topic).toEqualTypeOf<'invoice_payment'>();
    })
    .subscribe('*', ({ payload, topic }) => {
      expectTypeOf(payload).toEqualTypeOf<unknown>();
      expectTypeOf(topic).toEqualTypeOf<string>();
    });
  const refused = (): void => {
    // @ts-expect-error: a misspelt topic
    plugin.subscribe('invoice_paymnt', () => {});
    // @ts-expect-error: the payload has no member of this name
    plugin.subscribe('connect', ({ payload }) => void payload.peer);
    // @ts-expect-error: a topic that is not declared
    plugin.notify('yours', {});
    // @ts-expect-error: the payload of the topic
    plugin.notify('coffee_ordered', { cup: 1 });
    plugin.notify('coffee_ordered', { cups: 2n ** 60n });
    plugin.notify('mine', { anything: 1 });
  };
  void refused;
});

test('declaration merging adds hooks and topics', async () => {
  const seen: unknown[] = [];
  const plugin = new Plugin()
    .hook(
      'future_hook',
      ({ params }) => {
        expectTypeOf(params.height).toEqualTypeOf<U64>();
        return { result: 'later' };
      },
      { filters: ['any', 5] },
    )
    .subscribe('coffee_ordered', ({ payload: { cups }, origin }) => seen.push([cups, origin]));
  // @ts-expect-error: not a result of this hook
  const refused = (): void => void plugin.hook('future_hook', () => ({ result: 'never' }));
  void refused;
  const { lightningd, io } = FakeLightningd.inProcess();
  const ended = plugin.run(io);
  await lightningd.start();
  lightningd.notify('coffee_ordered', { cups: 3 }, { origin: 'bar' });
  const reply = await lightningd.request('future_hook', { height: 1 });
  lightningd.end();
  await ended;
  expectTypeOf(seen).toEqualTypeOf<unknown[]>();
  if (reply.result?.['result'] !== 'later' || String(seen) !== '3,bar') throw new Error('untyped');
});

test('misspelt commands of the node do not compile', () => {
  const plugin = new Plugin();
  const refused = async (): Promise<void> => {
    // @ts-expect-error: getinof
    await plugin.rpc.call('getinof');
    // @ts-expect-error: lable
    await plugin.rpc.call('invoice', { amount_msat: 1n, lable: 'a', description: 'b' });
    // @ts-expect-error: lisinvoices, in a pipeline
    await new RpcClient({ socketPath: '/' }).pipeline().call('lisinvoices');
    await plugin.rpc.call<{ total: number }>('a-plugins-command', { since: 0 });
  };
  expectTypeOf(refused).toBeFunction();
});
