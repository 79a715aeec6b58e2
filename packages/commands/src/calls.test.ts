import { expectTypeOf, test } from 'vitest';
import type { CallArguments, CallResult, CommandName, MethodWithResult, U64 } from './index.ts';

declare module './index.ts' {
  interface CommandParams {
    'test-quote': { amount_msat: bigint };
  }
  interface CommandArgs {
    'test-quote': readonly [amount_msat: bigint];
  }
  interface CommandResults {
    'test-quote': { readonly fee_msat: U64 };
  }
}

/** As clients declare it. */
function call<Result = never>(
  method: MethodWithResult<Result>,
  params?: object | string,
  options?: { timeoutMs?: number },
): NoInfer<Result>;
function call<const Method extends CommandName>(
  method: Method,
  ...more: CallArguments<Method, { timeoutMs?: number }>
): CallResult<Method>;
function call(): unknown {
  return {};
}

test('parameters and results follow from the method', () => {
  expectTypeOf(call('getinfo')).toHaveProperty('id').toEqualTypeOf<string>();
  expectTypeOf(call('getinfo', {}, { timeoutMs: 1 }).blockheight).toEqualTypeOf<number>();
  expectTypeOf(
    call('invoice', { amount_msat: 5n, label: 'a', description: 'b' }).bolt11,
  ).toEqualTypeOf<string>();
  call('invoice', ['10sat', 'a', 'b', 3600, null, null, true]);
  call('invoice', '{"amount_msat":"any","label":"a","description":"b"}');
  call('listinvoices', undefined, { timeoutMs: 1 });
  call('check', { command_to_check: 'getinfo', of: 'getinfo' });
  call('plugin', { subcommand: 'start', plugin: '/p', 'an-option': true });
});

test('mistakes do not compile', () => {
  // @ts-expect-error: a required parameter is missing
  call('invoice', { amount_msat: 5n, label: 'a' });
  // @ts-expect-error: parameters are required
  call('invoice');
  // @ts-expect-error: lable
  call('invoice', { amount_msat: 5n, label: 'a', lable: 'a', description: 'b' });
  // @ts-expect-error: no command takes a symbol
  call('invoice', { amount_msat: Symbol('5'), label: 'a', description: 'b' });
  // @ts-expect-error: the label is missing
  call('invoice', ['10sat']);
  // @ts-expect-error: no option has this name
  call('getinfo', {}, { timeout: 1 });
  // @ts-expect-error: getinfo has no parameters
  call('getinfo', { id: 1 });
  // @ts-expect-error: the expected type is not the type argument
  const expected: { bolt11: string } = call('invoice', { lable: 'a' });
  expectTypeOf(expected).toBeObject();
  // @ts-expect-error: nor is what a function takes
  expectTypeOf((({ fee }: { fee: number }) => fee)(call('other-quote'))).toBeNumber();
});

test("a plugin's command has a declared type or a type argument", () => {
  expectTypeOf(call('test-quote', { amount_msat: 5n }).fee_msat).toEqualTypeOf<U64>();
  // @ts-expect-error: the declaration requires it
  call('test-quote', {});
  expectTypeOf(call<{ fee: number }>('other-quote', { anything: 1 })).toEqualTypeOf<{
    fee: number;
  }>();
  expectTypeOf(call<unknown>('other-quote', { anything: 1 })).toEqualTypeOf<unknown>();
  const name: string = 'getinfo';
  expectTypeOf(call<unknown>(name, [1])).toEqualTypeOf<unknown>();
});

test('misspelt commands do not compile', () => {
  // @ts-expect-error: getinof
  call('getinof');
  // @ts-expect-error: lisinvoices, with parameters
  call('lisinvoices', { label: 'a' }, { timeoutMs: 1 });
  // @ts-expect-error: nothing declares it
  call('other-quote', { anything: 1 });
  // @ts-expect-error: the expected type does not make it a command
  const expected: { id: string } = call('getinof');
  expectTypeOf(expected).toBeObject();
  const name: string = 'getinfo';
  // @ts-expect-error: a text can be any name
  call(name);
});
