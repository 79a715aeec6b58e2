import { temporaryDirectory } from '@clnrest/testing';
import { bech32 } from '@scure/base';
import { Transaction } from '@scure/btc-signer';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningSandbox, runSandbox } from '../sandbox.ts';
import { SocketClient } from '../testing/socket-client.ts';
import { WorldClient } from '../testing/world-client.ts';
import { ErrorCode } from './errors.ts';

interface Funded {
  readonly psbt: string;
  readonly feerate_per_kw: number;
  readonly estimated_final_weight: number;
  readonly excess_msat: number;
  readonly change_outnum?: number;
  readonly reservations?: readonly {
    readonly txid: string;
    readonly vout: number;
    readonly was_reserved: boolean;
    readonly reserved: boolean;
    readonly reserved_to_block: number;
  }[];
}

interface Coin {
  readonly txid: string;
  readonly output: number;
  readonly amount_msat: number;
  readonly status: string;
  readonly reserved: boolean;
  readonly reserved_to_block?: number;
}

/** A P2WPKH address of regtest that belongs to no wallet here. */
const ELSEWHERE = bech32.encode('bcrt', [0, ...bech32.toWords(Buffer.alloc(20, 0xab))]);

let directory: string;
let sandbox: RunningSandbox;
let client: WorldClient;

async function start(): Promise<void> {
  sandbox = await runSandbox({ args: [`--lightning-dir=${directory}`], log: () => undefined });
}

async function connect(): Promise<void> {
  client = new WorldClient(await SocketClient.connect(sandbox.rpcPath));
}

beforeEach(connect);

beforeAll(async () => {
  directory = temporaryDirectory(afterAll);
  await start();
});

afterAll(() => sandbox.stop());

async function coins(): Promise<Coin[]> {
  return (await client.call<{ outputs: Coin[] }>('listfunds')).outputs;
}

/** A new P2WPKH or P2TR coin of the wallet. */
async function coin(kind: 'bech32' | 'p2tr', amount = '100000sat'): Promise<string> {
  const address = (await client.call<Record<string, string>>('newaddr', [kind]))[kind];
  const { txid, output } = await client.call<{ txid: string; output: number }>('dev-fund-wallet', {
    amount,
    address,
  });
  return `${txid}:${output}`;
}

async function isBalanced(): Promise<unknown> {
  return (await client.call<{ balanced: boolean }>('dev-world')).balanced;
}

function use(utxos: readonly string[], satoshi: number | 'all' = 50_000): Promise<Funded> {
  return client.call('utxopsbt', {
    satoshi,
    feerate: '253perkw',
    startweight: 42 + 4 * 31,
    utxos,
    excess_as_change: true,
  });
}

describe('PSBTs', () => {
  test.each(['bech32', 'p2tr'] as const)(
    'of a %s coin are funded, signed and sent',
    async (kind) => {
      const utxo = await coin(kind);
      const funded = await use([utxo]);
      const { psbt } = await client.call<{ psbt: string }>('addpsbtoutput', {
        satoshi: 50_000,
        initialpsbt: funded.psbt,
        destination: ELSEWHERE,
      });
      const refused = await client.refused('sendpsbt', { psbt });
      expect(refused).toMatchObject({
        code: -1,
        message: expect.stringMatching(/^PSBT not finalizeable cHNi/) as string,
      });
      const { signed_psbt } = await client.call<{ signed_psbt: string }>('signpsbt', [psbt]);
      const sent = await client.call<{ tx: string; txid: string }>('sendpsbt', [signed_psbt]);
      expect(await client.call('sendpsbt', [signed_psbt])).toEqual(sent);
      const pending = (await coins()).find(({ txid }) => utxo.startsWith(txid));
      expect(pending).toMatchObject({ reserved: true, status: 'confirmed' });
      await client.call('dev-mine');
      const change = (await coins()).filter(({ txid }) => txid === sent.txid);
      // The fee of lightningd for this weight.
      const fee = Math.floor((253 * funded.estimated_final_weight) / 1000);
      expect(change).toMatchObject([{ amount_msat: (50_000 - fee) * 1000, status: 'confirmed' }]);
      expect(await isBalanced()).toBe(true);
    },
  );

  test('addpsbtinput adds coins that are worth the amount, and marks them', async () => {
    await coin('p2tr');
    expect(await client.refused('addpsbtinput', [0])).toMatchObject({
      code: 314,
      message: 'Cannot add input value of zero.',
    });
    const added = await client.call<{ psbt: string }>('addpsbtinput', {
      satoshi: 1000,
      mark_our_inputs: true,
      add_initiator_serial_ids: true,
      reserve: 5,
    });
    expect(added).toMatchObject({
      appended_inputs: 1,
      estimated_added_weight: expect.any(Number) as number,
      reservations: [{ was_reserved: false, reserved: true }],
    });
    const parsed = Transaction.fromPSBT(Buffer.from(added.psbt, 'base64'), {
      allowUnknownInputs: true,
      unknown: 'ignore',
    });
    // lightningd's proprietary fields: a serial id, and the mark.
    const keys = (parsed.getInput(0).proprietary ?? []).map(([key]) =>
      Buffer.from(key).toString('latin1'),
    );
    expect(keys).toEqual(['\tlightning\u0001', '\tlightning\u0002']);
    const more = await client.refused('addpsbtinput', {
      satoshi: '21000000btc',
      initialpsbt: added.psbt,
    });
    expect(more).toMatchObject({
      code: 301,
      message: expect.stringMatching(/^Could not afford 2100000000000000sat using all /) as string,
    });
    const locked = { satoshi: 1000, initialpsbt: added.psbt, locktime: 1 };
    expect(await client.refused('addpsbtinput', locked)).toMatchObject({ code: 309 });
    const old = await client.call<{ psbt: string }>('setpsbtversion', [added.psbt, 0]);
    await coin('p2tr');
    expect(
      await client.refused('addpsbtinput', { satoshi: 1000, initialpsbt: old.psbt }),
    ).toMatchObject({ code: 309, message: 'Unable to load locktime from psbt' });
    await client.call('unreserveinputs', { psbt: added.psbt, reserve: 5 });
  });

  test('reservations grow, shrink, persist, and end with a block', async () => {
    const utxo = await coin('p2tr');
    const { psbt, reservations } = await use([utxo]);
    const height = (await client.call<{ blockheight: number }>('getinfo')).blockheight;
    expect(reservations).toMatchObject([
      { was_reserved: false, reserved: true, reserved_to_block: height + 72 },
    ]);
    expect(await client.refused('reserveinputs', [psbt])).toEqual({
      code: ErrorCode.invalidParams,
      message: `${utxo} already reserved`,
    });
    expect(await client.call('reserveinputs', [psbt, false, 10])).toMatchObject({
      reservations: [{ was_reserved: true, reserved_to_block: height + 82 }],
    });
    expect(await client.call('unreserveinputs', [psbt, 80])).toMatchObject({
      reservations: [{ was_reserved: true, reserved: true, reserved_to_block: height + 2 }],
    });
    const taken = `UTXO ${utxo} already reserved`;
    const params = { satoshi: 1000, feerate: 'slow', startweight: 100, utxos: [utxo], reserve: 0 };
    expect(await client.refused('utxopsbt', params)).toMatchObject({ message: taken });
    await sandbox.stop();
    await start();
    await connect();
    expect(await client.refused('utxopsbt', params)).toMatchObject({ message: taken });
    await client.call('dev-mine', { blocks: 2 });
    expect(await client.call('utxopsbt', params)).not.toHaveProperty('reservations');
    expect(await client.refused('signpsbt', [psbt])).toEqual({
      code: ErrorCode.general,
      message: `Aborting PSBT signing. UTXO ${utxo} is not reserved`,
    });
    const again = await client.call<Funded>('utxopsbt', { ...params, reserve: 5 });
    const freed = { was_reserved: true, reserved: false };
    const { reservations: ended } = await client.call<Funded>('unreserveinputs', [again.psbt, 5]);
    expect(ended).toMatchObject([freed]);
    expect(ended?.[0]).not.toHaveProperty('reserved_to_block');
  });

  test('of other tools are signed, with the fields that the sandbox does not know', async () => {
    const utxo = await coin('bech32');
    const [txid = '', vout = ''] = utxo.split(':');
    const options = { allowUnknown: true, PSBTVersion: 2 } as const;
    const made = new Transaction(options);
    made.addInput({ txid, index: Number(vout), sequence: 1 });
    made.addOutput({ script: Buffer.from(`0014${'ab'.repeat(20)}`, 'hex'), amount: 99_000n });
    made.updateInput(0, {
      unknown: [[{ type: 0xf0, key: Buffer.from('00', 'hex') }, Buffer.from('kept')]],
    });
    const psbt = Buffer.from(made.toPSBT()).toString('base64');
    await client.call('reserveinputs', [psbt]);
    const { signed_psbt } = await client.call<{ signed_psbt: string }>('signpsbt', {
      psbt,
      signonly: [0],
    });
    const signed = Transaction.fromPSBT(Buffer.from(signed_psbt, 'base64'), options);
    expect(signed.opts.PSBTVersion).toBe(2);
    expect(Buffer.from(signed.getInput(0).unknown?.[0]?.[1] ?? []).toString()).toBe('kept');
    signed.finalize();
    const sent = await client.call<{ tx: string; txid: string }>('sendpsbt', [signed_psbt]);
    expect(sent).toEqual({ tx: signed.hex, txid: signed.id });
  });

  test('are not sent with a wrong signature, a missing coin, or more money than they spend', async () => {
    const utxo = await coin('bech32');
    const funded = await use([utxo], 'all');
    const { psbt } = await client.call<{ psbt: string }>('addpsbtoutput', {
      satoshi: 90_000,
      initialpsbt: funded.psbt,
      destination: ELSEWHERE,
    });
    const { signed_psbt } = await client.call<{ signed_psbt: string }>('signpsbt', [psbt]);
    const rejection = async (change: (one: Transaction) => void): Promise<string | undefined> => {
      const options = { allowUnknownInputs: true, disableScriptCheck: true };
      const changed = Transaction.fromPSBT(Buffer.from(signed_psbt, 'base64'), options);
      change(changed);
      const text = Buffer.from(changed.toPSBT()).toString('base64');
      return (await client.refused('sendpsbt', [text]))?.message;
    };
    const broadcast = 'Error broadcasting transaction: error code: ';
    expect(await rejection((one) => one.updateOutput(0, { amount: 90_001n }, true))).toContain(
      `${broadcast}-26\nerror message:\nmempool-script-verify-flag-failed`,
    );
    expect(
      await rejection((one) => {
        one.finalize();
        one.updateOutput(0, { amount: 190_000n }, true);
      }),
    ).toContain(`${broadcast}-26\nerror message:\nbad-txns-in-belowout`);
    expect(
      await rejection((one) => {
        const other = {
          witnessUtxo: one.getInput(0).witnessUtxo ?? { amount: 0n, script: Buffer.of() },
          finalScriptWitness: [Buffer.of(1)],
        };
        one.addInput({ txid: '11'.repeat(32), index: 0, ...other }, true);
      }),
    ).toContain(`${broadcast}-25\nerror message:\nbad-txns-inputs-missingorspent`);
    expect(await isBalanced()).toBe(true);
    await client.call('sendpsbt', [signed_psbt]);
  });

  test('change their version and back', async () => {
    const { psbt } = await use([await coin('p2tr')]);
    const second = await client.call<{ psbt: string }>('setpsbtversion', [psbt, 2]);
    expect(second.psbt).not.toBe(psbt);
    expect(await client.call('setpsbtversion', [second.psbt, 0])).toEqual({ psbt });
    expect(await client.refused('setpsbtversion', [psbt, 1])).toMatchObject({
      message: 'Could not set PSBT version',
    });
    expect(await client.refused('check', ['setpsbtversion', 'x', 0])).toMatchObject({
      message: `psbt: Expected a PSBT: invalid token '"x"'`,
    });
  });
});

describe('txprepare', () => {
  test('reserves coins until txdiscard, or txsend, which sends the same transaction', async () => {
    const utxo = await coin('bech32');
    const params = { outputs: [{ [ELSEWHERE]: 20_000 }, { [ELSEWHERE]: 'all' }], utxos: [utxo] };
    const prepared = await client.call<Record<string, string>>('txprepare', params);
    expect(await client.refused('txprepare', params)).toMatchObject({
      message: `UTXO ${utxo} already reserved`,
    });
    const { unsigned_tx, txid } = prepared;
    expect(await client.call('txdiscard', [txid])).toEqual({ unsigned_tx, txid });
    expect(await client.refused('txsend', [txid])).toEqual({
      code: ErrorCode.invalidParams,
      message: `not an unreleased txid '${txid}'`,
    });
    const again = await client.call<Record<string, string>>('txprepare', params);
    const sent = await client.call<Record<string, string>>('txsend', [again['txid']]);
    expect(sent['txid']).toBe(again['txid']);
    expect(Transaction.fromRaw(Buffer.from(sent['tx'] ?? '', 'hex')).id).toBe(again['txid']);
    await client.call('dev-mine');
    expect(await isBalanced()).toBe(true);
  });

  test('loses its transactions in a restart, but not the reservations', async () => {
    const utxo = await coin('bech32');
    const params = { outputs: [{ [ELSEWHERE]: 20_000 }], utxos: [utxo] };
    const { txid } = await client.call<{ txid: string }>('txprepare', params);
    await sandbox.stop();
    await start();
    await connect();
    expect(await client.refused('txsend', [txid])).toMatchObject({ code: ErrorCode.invalidParams });
    expect(await client.refused('txprepare', params)).toMatchObject({
      message: `UTXO ${utxo} already reserved`,
    });
  });
});

test('multiwithdraw pays all outputs, or none', async () => {
  await coin('p2tr', '1000000sat');
  const { bech32: ours = '' } = await client.call<Record<string, string>>('newaddr', ['bech32']);
  const before = await coins();
  const dust = { outputs: [{ [ELSEWHERE]: 5000 }, { [ours]: 545 }] };
  expect(await client.refused('multiwithdraw', dust)).toMatchObject({
    code: ErrorCode.fundOutputIsDust,
    message: 'Output 545sat would be dust.',
  });
  expect(
    await client.refused('multiwithdraw', { outputs: [{ [ELSEWHERE]: 1_000_000_000 }] }),
  ).toMatchObject({ code: ErrorCode.fundCannotAfford });
  expect(await coins()).toEqual(before);
  const { txid } = await client.call<{ txid: string }>('multiwithdraw', {
    outputs: [{ [ELSEWHERE]: 5000 }, { [ours]: 6000 }],
  });
  await client.call('dev-mine');
  expect((await coins()).filter((one) => one.txid === txid)).toMatchObject([
    { output: 1, amount_msat: 6_000_000 },
    { output: 2 },
  ]);
  expect(await isBalanced()).toBe(true);
});
