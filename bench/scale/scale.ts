import type { RpcClient } from '@clnrest/lightningd';
import { Environment } from './environment.ts';
import { type Bare, members, type ScaleRow, type Setup } from './figures.ts';
import { measureBare, measureSetup } from './measure-setup.ts';

/** The configurations for a number of subscribers. */
export function setupsFor(subscribers: number): readonly Setup[] {
  const [hundredth, tenth, quarter, half] = [100, 10, 4, 2].map((n) => Math.ceil(subscribers / n));
  const usual = [
    [0],
    Array(4).fill(0),
    [hundredth],
    [tenth],
    [subscribers],
    [half, half],
    Array(4).fill(quarter),
  ];
  return [
    ...usual.map((each) => ({ subscribers: each as number[], kind: 'usual' as const })),
    { subscribers: [subscribers], kind: 'one rune' },
    { subscribers: [tenth ?? 0], kind: 'tls' },
    { subscribers: [half ?? 0], kind: 'tls' },
    { subscribers: [tenth ?? 0], kind: 'node' },
    { subscribers: [tenth ?? 0], kind: 'rechecks' },
  ];
}

/** Runs a node whose plugin feeds Redis, and gateways that read from it, in all configurations. */
export async function measureScale(setups: readonly Setup[]): Promise<ScaleRow[]> {
  const environment = await Environment.start();
  // The processes are in groups of their own, which a signal from the terminal does not reach.
  const interrupted = (): void => void environment.stop().finally(() => process.exit(1));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const runes = await createRunes(environment.node.rpc, Math.max(...setups.map(members)));
    const bare = new Map<number, Bare>([[0, { lastMs: Number.NaN, time: Number.NaN }]]);
    const rows: ScaleRow[] = [];
    for (const setup of setups) {
      const began = performance.now();
      const count = members(setup);
      const bound = bare.get(count) ?? (await measureBare(count));
      bare.set(count, bound);
      rows.push(await measureSetup(environment, setup, runes, bound));
      const seconds = ((performance.now() - began) / 1e3).toFixed(1);
      console.error(`${setup.kind}, ${setup.subscribers.join(' + ')} subscribers: ${seconds} s`);
    }
    return rows;
  } finally {
    await environment.stop();
  }
}

/** Creates runes with unique ids of their own. */
async function createRunes(rpc: RpcClient, count: number): Promise<string[]> {
  const runes: string[] = [];
  while (runes.length < count) {
    const missing = Math.min(100, count - runes.length);
    const created = await Promise.all(
      Array.from({ length: missing }, () =>
        rpc.call('createrune', { restrictions: [['method=listclnrest-notifications']] }),
      ),
    );
    runes.push(...created.map(({ rune }) => rune));
  }
  return runes;
}
