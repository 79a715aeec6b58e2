import { setImmediate as turn } from 'node:timers/promises';
import type { RpcPipeline } from '@clnrest/lightningd';
import { expect, onTestFinished, test } from 'vitest';
import { makeRuneCheck } from '../node/rune-check.ts';
import { RuneReader } from '../node/rune-reader.ts';
import { RuneVerifier } from '../node/rune-verifier.ts';
import { RuneNode } from '../testing/rune-node.ts';
import { monotonicMs } from './lease.ts';
import { LocalJudge } from './local-judge.ts';

const HOUR_MS = 3_600_000;

async function settle(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn();
}

/** A judge outside the node, which decides only with a lease. */
async function leasedJudge() {
  const node = new RuneNode();
  const pipeline = { callText: node.callText } as unknown as RpcPipeline;
  const reader = new RuneReader();
  const judge = new LocalJudge({
    pipeline,
    verifier: new RuneVerifier(reader),
    log: () => undefined,
    timeoutMs: 1_000,
    silent: () => undefined,
    isLeased: true,
    revocations: [],
  });
  onTestFinished(() => judge.close());
  const check = makeRuneCheck({ pipeline, reader, judge, timeoutMs: 1_000 });
  await settle();
  /** Whether the rune is allowed, and by which part. */
  const verdict = async (rune: string): Promise<string> => {
    const before = node.paramsOf('checkrune').length;
    const refusal = await check(rune, { method: 'getinfo', params: '{}' });
    const by = node.paramsOf('checkrune').length > before ? 'node' : 'gateway';
    return `${refusal === undefined ? 'allowed' : 'refused'} by the ${by}`;
  };
  const renew = async (generation: number, ms: number): Promise<void> => {
    judge.renewLease({ generation, until: monotonicMs() + ms });
    await settle();
  };
  return { node, judge, verdict, renew };
}

test('without a lease, or after its end, the node checks each rune', async () => {
  const { node, verdict, renew } = await leasedJudge();
  const rune = node.create();
  expect(await verdict(rune)).toBe('allowed by the node');
  await renew(1, HOUR_MS);
  expect(await verdict(rune)).toBe('allowed by the gateway');
  await renew(1, 0);
  expect(await verdict(rune)).toBe('allowed by the node');
});

test('with another feeder, nothing that was known before counts', async () => {
  const { node, verdict, renew } = await leasedJudge();
  const rune = node.create();
  await renew(1, HOUR_MS);
  expect(await verdict(rune)).toBe('allowed by the gateway');
  // While no plugin announces it.
  node.authority.blacklist(0n, 0n);
  await renew(2, HOUR_MS);
  expect(await verdict(rune)).toBe('refused by the gateway');
});

test('a list that was requested under an earlier feeder is not used', async () => {
  const { node, judge, verdict } = await leasedJudge();
  const rune = node.create();
  let answer: () => void = () => undefined;
  const old = '{"blacklist":[]}';
  node.replies.set('blacklistrune', () => old);
  node.gate = new Promise((resolve) => {
    answer = resolve;
  });
  const until = monotonicMs() + HOUR_MS;
  judge.renewLease({ generation: 1, until });
  judge.renewLease({ generation: 2, until });
  // The node replies to both requests of the secret and to the first one of the list.
  node.replies.set('blacklistrune', () => {
    node.replies.delete('blacklistrune');
    node.gate = new Promise(() => undefined);
    return old;
  });
  answer();
  await settle();
  node.gate = Promise.resolve();
  node.authority.blacklist(0n, 0n);
  expect(await verdict(rune)).toBe('refused by the node');
});
