import { RpcClient, RpcError } from '@clnrest/lightningd';
import { Master, Restriction, Rune } from '@clnrest/runes';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { temporaryDirectory } from '@clnrest/testing';
import { ManualClock } from '../testing/manual-clock.ts';
import { temporarySandbox } from '../testing/temporary-sandbox.ts';

const SECONDS = 1_000_000_000n;
const START = 1_795_194_829n * SECONDS;

/** A sandbox and an RpcClient that is connected to it. */
async function connect(options: Parameters<typeof temporarySandbox>[0] = {}) {
  const clock = new ManualClock(START);
  const sandbox = await temporarySandbox({ clock, ...options });
  const client = new RpcClient({ socketPath: sandbox.rpcPath });
  onTestFinished(() => client.close());
  return { client, clock, sandbox };
}

interface Created {
  readonly rune: string;
  readonly unique_id: string;
}

interface Shown {
  readonly rune: string;
  readonly unique_id: string;
  readonly last_used?: number;
  readonly blacklisted?: boolean;
  readonly our_rune?: boolean;
  readonly stored?: boolean;
  readonly restrictions_as_english: string;
}

async function refusal(answer: Promise<unknown>): Promise<[number, string]> {
  const error: unknown = await answer.then(
    () => expect.unreachable(),
    (reason: unknown) => reason,
  );
  if (!(error instanceof RpcError)) throw error;
  return [error.code, error.message];
}

/** The encoded restrictions of the rune, without its unique id. */
function encodedRestrictions({ rune }: Created): string {
  return Rune.fromBase64(rune)
    .restrictions.map((restriction) => restriction.encode())
    .join('&');
}

describe('commando-rune', () => {
  test.each([
    [[['method=getinfo', 'method=pay|x'], ['time<5']], 'method=getinfo|method=pay\\|x&time<5'],
    [['method=getinfo|method=pay\\|x', 'time<5'], 'method=getinfo|method=pay\\|x&time<5'],
    ['method=getinfo|method=pay\\|x', 'method=getinfo|method=pay\\|x'],
    ['readonly', 'method/listdatastore'],
    [[], ''],
  ])('accepts %j', async (restrictions, expected) => {
    const { client } = await connect();
    const created = await client.call<Created>('commando-rune', { restrictions });
    expect(created.unique_id).toBe('0');
    expect(encodedRestrictions(created)).toContain(expected);
  });

  test('restricts any rune, including one of another node', async () => {
    const { client } = await connect();
    const { client: other } = await connect();
    const foreign = await other.call<Created>('commando-rune');
    const params = [foreign.rune, 'method=getinfo'];
    const created = await client.call<Created>('commando-rune', params);
    expect(encodedRestrictions(created)).toBe('method=getinfo');
    const { runes } = await client.call<{ runes: Shown[] }>('commando-listrunes', [created.rune]);
    expect(runes).toMatchObject([{ stored: false, our_rune: false, unique_id: '0' }]);
    // The other node accepts the rune; ours rejects it.
    const call = { rune: created.rune, method: 'getinfo' };
    expect(await other.call('checkrune', call)).toEqual({ valid: true });
    expect(await refusal(client.call('checkrune', call))).toEqual([
      1501,
      'Not authorized: Not derived from master',
    ]);
  });

  test('createrune rejects the additional forms of commando-rune', async () => {
    const { client } = await connect();
    for (const restrictions of ['method=getinfo', ['method=getinfo']]) {
      const [code] = await refusal(client.call<unknown>('createrune', { restrictions }));
      expect(code).toBe(-32602);
      await client.call<unknown>('commando-rune', { restrictions });
    }
  });
});

test('old and new names of a command are equivalent', async () => {
  const { client } = await connect();
  for (const name of ['createrune', 'invokerune', 'commando-rune']) {
    await client.call<unknown>(name, { restrictions: [['method=getinfo']] });
  }
  await client.call<unknown>('commando-blacklist', [0]);
  await client.call<unknown>('destroyrune', [1]);
  const blacklist = { blacklist: [{ start: 0, end: 1 }] };
  expect(await client.call('blacklistrune')).toEqual(blacklist);
  const runes = await client.call<{ runes: Shown[] }>('showrunes');
  expect(await client.call<unknown>('commando-listrunes')).toEqual(runes);
  expect(runes.runes.map((one) => [one.unique_id, one.blacklisted])).toEqual([
    ['0', true],
    ['1', true],
    ['2', undefined],
  ]);
});

describe('a rate-limited rune', () => {
  test.each([
    ['rate=6', 10_000],
    ['per=10sec', 10_000],
    ['per=50msec', 50],
    ['per=2min', 120_000],
  ])('%s allows the next use after the interval', async (restriction, milliseconds) => {
    const { client, clock } = await connect();
    const { rune } = await client.call<Created>('createrune', { restrictions: [[restriction]] });
    const check = async (): Promise<boolean> =>
      client.call('checkrune', { rune, method: 'getinfo' }).then(
        () => true,
        () => false,
      );
    expect(await check()).toBe(true);
    expect(await check()).toBe(false);
    clock.advance(milliseconds - 1);
    expect(await check()).toBe(false);
    // A rejected call does not count as a use.
    clock.advance(2);
    expect(await check()).toBe(true);
    expect(await check()).toBe(false);
  });

  test('counts uses per unique id across derived runes and restarts, in nanoseconds', async () => {
    const directory = temporaryDirectory();
    const clock = new ManualClock(START + 123_456_789n);
    const first = await connect({ directory, clock });
    const { rune } = await first.client.call<Created>('createrune', {
      restrictions: [['per=1nsec', 'per=60sec']],
    });
    const derived = await first.client.call<Created>('createrune', [rune, [['per=60sec']]]);
    await first.client.call('checkrune', { rune, method: 'getinfo' });
    await first.client.close();
    await first.sandbox.stop();

    const { client } = await connect({ directory, clock });
    expect(await client.callText('showrunes')).toContain('"last_used":1795194829.123456789,');
    clock.advance(59_999);
    const call = { rune: derived.rune, method: 'getinfo' };
    const [code] = await refusal(client.call('checkrune', call));
    expect(code).toBe(1502);
    clock.advance(1);
    expect(await client.call('checkrune', call)).toEqual({ valid: true });
  });
});

test('uses of an id that the node did not assign are not counted, as in lightningd', async () => {
  const secret = new Uint8Array(32).fill(7);
  const args = [`--dev-rune-secret=${Buffer.from(secret).toString('hex')}`];
  const { client } = await connect({ args });
  const rune = new Master(secret).create('5000', [Restriction.of('per=1day')]).toBase64();
  for (let i = 0; i < 2; i++) {
    expect(await client.call('checkrune', { rune, method: 'getinfo' })).toEqual({ valid: true });
  }
  const { runes } = await client.call<{ runes: Shown[] }>('showrunes', [rune]);
  expect(runes[0]).toMatchObject({ stored: false });
  expect(runes[0]).not.toHaveProperty('last_used');
});

test('a rate-limited rune allows one of many concurrent calls', async () => {
  const { client } = await connect();
  const { rune } = await client.call<Created>('createrune', { restrictions: [['per=1hour']] });
  const answers = await Promise.allSettled(
    Array.from({ length: 100 }, () => client.call('checkrune', { rune, method: 'getinfo' })),
  );
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('many runes are created and listed in order', async () => {
  const { client } = await connect();
  const pipeline = client.pipeline();
  const made = await Promise.all(
    Array.from({ length: 1000 }, (_, i) =>
      pipeline.call<Created>('createrune', { restrictions: [[`method=m${i}`]] }),
    ),
  );
  const { runes } = await client.call<{ runes: Shown[] }>('showrunes');
  expect(runes.map((one) => one.rune)).toEqual(made.map((one) => one.rune));
  expect(runes.map((one) => one.unique_id)).toEqual(made.map((_, i) => String(i)));
});

test('blacklisted runes are rejected after any sequence of blacklist changes', async () => {
  const { client } = await connect();
  const runes: string[] = [];
  for (let i = 0; i < 8; i++) runes.push((await client.call<Created>('createrune')).rune);
  const blacklisted = new Set<number>();
  const id = fc.nat(7);
  await fc.assert(
    fc.asyncProperty(id, id, fc.boolean(), async (a, b, relist) => {
      const [start, end] = [Math.min(a, b), Math.max(a, b)];
      await client.call('blacklistrune', { start, end, relist });
      for (let i = start; i <= end; i++) {
        if (relist) blacklisted.delete(i);
        else blacklisted.add(i);
      }
      const results = await Promise.allSettled(
        runes.map((rune) => client.call('checkrune', { rune, method: 'getinfo' })),
      );
      expect(results.map(({ status }) => status === 'rejected')).toEqual(
        runes.map((_, i) => blacklisted.has(i)),
      );
    }),
    { numRuns: 50 },
  );
});

test('createrune accepts an empty restriction only at the end, and returns a rune that is not ours', async () => {
  const { client } = await connect();
  const made = await client.call<Created>('createrune', { restrictions: [[]] });
  for (const restrictions of [
    [[], []],
    [[], ['pnum=0']],
  ]) {
    const last = JSON.stringify(restrictions[1]);
    expect(await refusal(client.call('createrune', { restrictions }))).toEqual([
      -32602,
      `restrictions: not a valid restriction (should be array): invalid token '${last}'`,
    ]);
  }
  // createrune ignores the `&` at the end of the rune.
  const restricted = await client.call<Created>('createrune', [made.rune, [['pnum=0']]]);
  expect(Rune.fromBase64(restricted.rune).encodedRestrictions()).toEqual(['=0', 'pnum=0']);
  const { runes } = await client.call<{ runes: Shown[] }>('showrunes', {});
  expect(runes).toMatchObject([{ rune: made.rune, our_rune: false, restrictions_as_english: '' }]);
  const checked = client.call('checkrune', { rune: restricted.rune, method: 'getinfo' });
  expect(await refusal(checked)).toEqual([1501, 'Not authorized: Not derived from master']);
});
