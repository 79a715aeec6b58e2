import { expectTypeOf, test } from 'vitest';
import type {
  CommandArgs,
  CommandErrors,
  CommandName,
  CommandParams,
  CommandResults,
  HookPayloads,
  Msat,
  NotificationParams,
  NotificationPayloads,
  U64,
} from './index.ts';

// The compiler checks this file: each line under @ts-expect-error must not compile.

function call<Name extends CommandName>(
  _name: Name,
  _params: CommandParams[Name] | CommandArgs[Name],
): CommandResults[Name] | undefined {
  return undefined;
}

test('parameters are checked by name', () => {
  call('invoice', { amount_msat: 1000, label: 'a', description: 'b' });
  call('invoice', { amount_msat: 2n ** 60n, label: 1, description: 'b', expiry: undefined });
  call('invoice', { amount_msat: 'any', label: 'a', description: 'b' });
  call('invoice', {
    amount_msat: '10sat',
    label: 'a',
    description: 'b',
    fallbacks: ['bcrt1q'] as const,
  });
  call('getinfo', {});
  // @ts-expect-error: misspelt
  call('invoice', { amount_msat: 1000, lable: 'a', description: 'b' });
  // @ts-expect-error: missing
  call('invoice', { amount_msat: 1000, label: 'a' });
  // @ts-expect-error: not an amount
  call('invoice', { amount_msat: 'lots', label: 'a', description: 'b' });
  // @ts-expect-error: `any` is for invoices and offers
  call('xpay', { invstring: 'lnbc1', amount_msat: 'any' });
  // @ts-expect-error: getinfo has no parameters
  call('getinfo', { id: 1 });
  // @ts-expect-error: not a command
  call('getinfos', {});
  // @ts-expect-error: not in the enumeration
  call('wait', { subsystem: 'invoice', indexname: 'created', nextvalue: 0 });
});

test('parameters are checked by position', () => {
  call('invoice', [1000, 'a', 'b']);
  call('invoice', ['any', 'a', 'b', null, null, null, true]);
  call('splice_signed', ['cHNidP8=', '00'.repeat(32)]);
  call('fundchannel', ['02', 'all', null, null, null, ['00:1']]);
  call('injectpaymentonion', ['00', '00', 1, 1, 1, 1, null, 'a label']);
  // @ts-expect-error: too few
  call('invoice', [1000, 'a']);
  // @ts-expect-error: a label is not an array
  call('invoice', [1000, [], 'b']);
  // @ts-expect-error: too many
  call('getinfo', [1]);
});

test('conditions discriminate results', () => {
  type Invoice = CommandResults['listinvoices']['invoices'][number];
  expectTypeOf<Extract<Invoice, { status: 'paid' }>['pay_index']>().toEqualTypeOf<U64>();
  const received = (invoice: Invoice) => {
    expectTypeOf(invoice.paid_at).toEqualTypeOf<U64 | undefined>();
    return invoice.status === 'paid'
      ? expectTypeOf(invoice.amount_received_msat).toEqualTypeOf<Msat>()
      : undefined;
  };
  const decoded = (result: CommandResults['decode']) => {
    if (result.type === 'bolt12 offer' && result.valid)
      expectTypeOf(result.offer_id).toEqualTypeOf<string>();
    if (result.type === 'bolt11 invoice' && result.valid)
      expectTypeOf(result.created_at).toEqualTypeOf<U64>();
    if (result.type === 'rune' && result.valid)
      expectTypeOf(result.restrictions[0]?.alternatives).toEqualTypeOf<
        readonly string[] | undefined
      >();
    // @ts-expect-error: no result has this member
    return result.offer_idd;
  };
  const channel = (each: CommandResults['listpeerchannels']['channels'][number]) => {
    expectTypeOf(each.direction).toEqualTypeOf<number | undefined>();
    if (each.short_channel_id !== undefined) expectTypeOf(each.direction).toEqualTypeOf<number>();
    if (each.inflight !== undefined) expectTypeOf(each.last_feerate).toEqualTypeOf<string>();
  };
  const part = (each: CommandResults['listsendpays']['payments'][number]) => {
    if (each.status === 'complete') expectTypeOf(each.payment_preimage).toEqualTypeOf<string>();
    // @ts-expect-error: a status that does not exist
    return each.status === 'completed';
  };
  void [received, decoded, channel, part];
});

test('results can be read, and not written', () => {
  const write = (result: CommandResults['getinfo']) => {
    expectTypeOf(result.num_peers).toEqualTypeOf<number>();
    expectTypeOf(result.fees_collected_msat).toEqualTypeOf<Msat>();
    // @ts-expect-error: results are read-only
    result.id = '';
  };
  void write;
});

test('notifications and hooks are typed by name', () => {
  expectTypeOf<NotificationPayloads['invoice_payment']['msat']>().toEqualTypeOf<Msat>();
  expectTypeOf<NotificationParams<'invoice_payment'>>().toEqualTypeOf<{
    readonly invoice_payment: NotificationPayloads['invoice_payment'];
  }>();
  const respond = (response: HookPayloads['htlc_accepted']['response']) => response;
  respond({ result: 'continue' });
  respond({ result: 'resolve', payment_key: '00'.repeat(32) });
  // @ts-expect-error: to settle, a preimage is required
  respond({ result: 'resolve' });
  // @ts-expect-error: a misspelt hook
  expectTypeOf<HookPayloads['htlc_acepted']>();
  const replace = (response: HookPayloads['rpc_command']['response']) => response;
  replace({ return: { error: { code: -1, message: 'no' } } });
  // @ts-expect-error: one of both
  replace({ result: 'continue', return: { result: {} } });
});

test('errors are codes', () => {
  expectTypeOf<CommandErrors['invoice']>().toEqualTypeOf<-1 | 900 | 901 | 902>();
});

declare module './index.ts' {
  interface CommandParams {
    'my-command': { text: string };
  }
}

test('plugins add commands by declaration merging', () => {
  expectTypeOf<CommandParams['my-command']>().toEqualTypeOf<{ text: string }>();
});
