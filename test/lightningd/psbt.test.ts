import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STARTED } from '../support/node.ts';
import {
  missingForNode,
  type RealBitcoind,
  startBitcoind,
  startLightningdWith,
} from '../support/real-node.ts';
import { startSandboxProcess } from '../support/sandbox-node.ts';
import { exchange } from './comparison/exchange.ts';

/** PSBTs and transactions of the sandbox, in bitcoind and in a real lightningd, and the reverse. */
const missing = missingForNode();
let bitcoind: RealBitcoind;
let sandboxPath: string;
let realPath: string;
const ends: (() => Promise<unknown>)[] = [];

type Result = Record<string, unknown>;

async function call(path: string, method: string, params: object = {}): Promise<Result> {
  const outcome = await exchange(path, method, JSON.stringify(params), AbortSignal.timeout(60_000));
  if (outcome.kind !== 'result') throw new Error(`${method}: ${JSON.stringify(outcome)}`);
  return outcome.result as Result;
}

async function bitcoin(...args: readonly string[]): Promise<Result> {
  return JSON.parse(await bitcoind.cli(...args)) as Result;
}

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'clnrest-psbt-'));
  ends.push(() => rm(path, { recursive: true, force: true }));
  return path;
}

beforeAll(async () => {
  if (missing !== undefined) return;
  bitcoind = await startBitcoind();
  ends.push(() => bitcoind.stop());
  const real = await startLightningdWith(bitcoind, await directory(), []);
  ends.push(() => real.stop());
  const sandbox = await startSandboxProcess(await directory(), []);
  ends.push(() => sandbox.stop());
  await Promise.all([real.process.line(STARTED), sandbox.process.line(STARTED)]);
  sandboxPath = sandbox.socketPath;
  realPath = real.socketPath;
}, 120_000);

afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

/** New coins of both kinds, as the outputs that bitcoind needs to check signatures. */
async function fundSandbox(): Promise<{ txid: string; vout: number; scriptPubKey: string }[]> {
  const addresses = await call(sandboxPath, 'newaddr', { addresstype: 'all' });
  for (const kind of ['bech32', 'p2tr']) {
    await call(sandboxPath, 'dev-fund-wallet', { amount: '0.001btc', address: addresses[kind] });
  }
  const { outputs } = (await call(sandboxPath, 'listfunds')) as { outputs: Result[] };
  return outputs
    .filter(({ reserved, status }) => reserved === false && status === 'confirmed')
    .map(({ txid, output, scriptpubkey, amount_msat }) => ({
      txid: String(txid),
      vout: Number(output),
      scriptPubKey: String(scriptpubkey),
      amount: Number(amount_msat) / 1e11,
    }));
}

/** What bitcoind says about the signatures of a transaction. */
async function isComplete(tx: unknown, spent: readonly object[]): Promise<unknown> {
  const keys = JSON.stringify([]);
  const checked = await bitcoin(
    'signrawtransactionwithkey',
    String(tx),
    keys,
    JSON.stringify(spent),
  );
  return checked['complete'];
}

test.skipIf(missing !== undefined)(
  'bitcoind and lightningd read what the sandbox funds and signs, and bitcoind verifies it',
  { timeout: 120_000 },
  async () => {
    const spent = await fundSandbox();
    const address = await bitcoind.cli('getnewaddress', '', 'bech32');
    const funded = await call(sandboxPath, 'fundpsbt', {
      satoshi: 'all',
      feerate: 'normal',
      startweight: 166,
    });
    const version2 = await call(realPath, 'setpsbtversion', { psbt: funded['psbt'], version: 2 });
    expect(await call(sandboxPath, 'setpsbtversion', { ...version2, version: 0 })).toEqual({
      psbt: funded['psbt'],
    });
    const { psbt } = await call(realPath, 'addpsbtoutput', {
      satoshi: Number(funded['excess_msat']) / 1000,
      initialpsbt: version2['psbt'],
      destination: address,
    });
    const { signed_psbt } = await call(sandboxPath, 'signpsbt', { psbt });
    const version0 = await call(sandboxPath, 'setpsbtversion', { psbt: signed_psbt, version: 0 });
    const decoded = (await bitcoin('decodepsbt', String(version0['psbt']))) as { tx: Result };
    const finalized = await bitcoin('finalizepsbt', String(version0['psbt']));
    const sent = await call(sandboxPath, 'sendpsbt', { psbt: signed_psbt });
    expect(finalized).toMatchObject({ complete: true, hex: sent['tx'] });
    expect(decoded.tx['txid']).toBe(sent['txid']);
    expect(await isComplete(sent['tx'], spent)).toBe(true);
    const { vsize } = await bitcoin('decoderawtransaction', String(sent['tx']));
    const weight = Number(funded['estimated_final_weight']);
    expect(Math.abs(Number(vsize) - weight / 4)).toBeLessThan(2);
  },
);

test.skipIf(missing !== undefined)(
  'the sandbox signs a PSBT of bitcoind, and reads those of lightningd',
  { timeout: 120_000 },
  async () => {
    const spent = await fundSandbox();
    const address = await bitcoind.cli('getnewaddress', '', 'bech32');
    const inputs = JSON.stringify(spent.map(({ txid, vout }) => ({ txid, vout })));
    const psbt = await bitcoind.cli('createpsbt', inputs, JSON.stringify([{ [address]: 0.0015 }]));
    await call(sandboxPath, 'reserveinputs', { psbt });
    const { signed_psbt } = await call(sandboxPath, 'signpsbt', { psbt });
    const sent = await call(sandboxPath, 'sendpsbt', { psbt: signed_psbt });
    expect(await isComplete(sent['tx'], spent)).toBe(true);
    const { p2tr } = await call(realPath, 'newaddr', { addresstype: 'p2tr' });
    const funding = JSON.stringify([{ [String(p2tr)]: 0.001 }]);
    const created = await bitcoin('walletcreatefundedpsbt', '[]', funding);
    const processed = await bitcoin('walletprocesspsbt', String(created['psbt']));
    for (const text of [created['psbt'], processed['psbt']]) {
      const theirs = await call(realPath, 'setpsbtversion', { psbt: text, version: 2 });
      const ours = await call(sandboxPath, 'setpsbtversion', { psbt: theirs['psbt'], version: 0 });
      expect(await bitcoin('decodepsbt', String(ours['psbt']))).toEqual(
        await bitcoin('decodepsbt', String(text)),
      );
    }
  },
);

test.skipIf(missing !== undefined)(
  'lightningd reads the static backup of a channel',
  { timeout: 120_000 },
  async () => {
    const { channel_id } = await call(sandboxPath, 'dev-open-channel');
    const { scb } = await call(sandboxPath, 'staticbackup');
    expect(await call(realPath, 'recoverchannel', { scb })).toEqual({ stubs: [channel_id] });
  },
);
