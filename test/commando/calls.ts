import type * as commando from '@clnrest/commando';

/** The library, in Node or as a global of a page. */
export type Commando = typeof commando;

/** A node and runes of it. */
export interface CallSetting {
  readonly address: string;
  readonly nodeId: string;
  readonly all: string;
  readonly getinfo: string;
  /** Only for the peer with this private key. */
  readonly restricted: string;
  readonly privateKey: string;
}

/**
 * Makes the calls that must work from Node and from browsers. It runs in a page, so it uses nothing but its arguments. Returns plain
 * values.
 */
export async function makeCalls(
  { CommandoClient }: Commando,
  { address, nodeId, all, getinfo, restricted, privateKey }: CallSetting,
) {
  const client = new CommandoClient({ address, rune: all });
  const errorOf = async (call: Promise<unknown>) => {
    const error = await call.then(
      () => undefined,
      (error: unknown) => error,
    );
    const { code, nodeCode, message, mayHaveRun } = error as {
      readonly code: string;
      readonly nodeCode: number;
      readonly message: string;
      readonly mayHaveRun: boolean;
    };
    return { code, nodeCode, message, mayHaveRun };
  };
  const isNode = (await client.call('getinfo')).id === nodeId;

  const narrow = new CommandoClient({ address, rune: getinfo });
  const refused = await errorOf(narrow.call('listpeers'));
  narrow.close();

  const own = new CommandoClient({ address, rune: restricted, privateKey });
  const { peers } = await own.call('listpeers', { id: own.nodeId });
  const isListed = peers.some(({ id, connected }) => id === own.nodeId && connected);
  own.close();
  const other = new CommandoClient({ address, rune: restricted });
  const refusedOther = await errorOf(other.call('listpeers', { id: own.nodeId }));
  other.close();

  const ten = await Promise.all(Array.from({ length: 10 }, () => client.call('getinfo')));
  const allOfNode = ten.every(({ id }) => id === nodeId);

  const large = await client.call('listinvoices');
  const largeBytes = JSON.stringify(large).length;
  let items = 0;
  for await (const _ of client.items('listinvoices', 'invoices')) items++;

  const leaving = new AbortController();
  // lightningd reads nothing else from a peer while its command waits, so another client goes on.
  const patient = new CommandoClient({ address, rune: all });
  await patient.call('getinfo');
  const waiting = errorOf(patient.call('waitanyinvoice', { lastpay_index: 10_000 }, leaving));
  await client.call('getinfo');
  leaving.abort();
  const left = await waiting;
  patient.close();
  // The caller disconnects while its command waits.
  const leaver = new CommandoClient({ address, rune: all });
  await leaver.call('getinfo');
  const abandoned = errorOf(leaver.call('waitanyinvoice', { lastpay_index: 10_000 }));
  await client.call('getinfo');
  leaver.close();
  const disconnected = await abandoned;
  const stillServed = (await client.call('getinfo')).id === nodeId;
  client.close();
  const results = { isNode, refused, isListed, refusedOther, allOfNode, largeBytes, items };
  return { ...results, left, disconnected, stillServed };
}
