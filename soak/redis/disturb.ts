import type { FeedingNode } from '../../test/gateway/feeding-node.ts';
import { pluginFile } from '../../test/support/under-test.ts';
import { builds } from '@clnrest/gateway/builds';
import type { Findings } from './order-check.ts';
import type { SoakGateway } from './soak-gateway.ts';
import type { Redis } from './sentinel.ts';

/** What a disturbance can disturb. */
export interface World {
  readonly node: FeedingNode;
  readonly redis: Redis;
  readonly gateways: readonly SoakGateway[];
  readonly findings: Findings;
}

/** Runs a fault, from its begin to its end. */
type Fault = (world: World) => Promise<void>;

const SECOND = pluginFile(builds.clnrest);
/** Longer than a feeder can be silent before another one takes over. */
const HUNG_MS = 6_000;
/** What is sent shortly before a loss can be lost as well: a subscriber can be between two gateways. */
const BEFORE_MS = 15_000;
const AFTER_MS = 3_000;

/** The faults that lose nothing. */
const LOSSLESS: Readonly<Record<string, Fault>> = {
  'gateway killed': async ({ gateways }) => {
    const gateway = gateways[Math.floor(Math.random() * gateways.length)];
    await gateway?.kill();
    await gateway?.start();
  },
  'Redis hangs for a second': async ({ redis }) => {
    const master = await redis.master();
    master.signal('SIGSTOP');
    await sleep(1_000);
    master.signal('SIGCONT');
  },
  failover: ({ redis }) => redis.failOver(),
  'node restarted': async ({ node, findings }) => {
    findings.isPaused = true;
    await sleep(100);
    await node.stop();
    await node.start();
    findings.isPaused = false;
  },
  'second plugin that feeds': async ({ node, redis }) => {
    await startSecond(node, redis);
    await sleep(3_000);
    await stopSecond(node);
  },
};

/** The faults in which notifications are lost, and subscribers must receive `missed`. */
const LOSSY: Readonly<Record<string, Fault>> = {
  'stream trimmed, and a gateway killed': async ({ gateways, node, redis }) => {
    const { id } = await node.rpc<{ id: string }>('getinfo', {});
    await gateways[0]?.kill();
    await redis.command('XTRIM', `clnrest:{${id}}:events`, 'MAXLEN', '2');
    await gateways[0]?.start();
  },
  'plugin hangs, and a second one takes over': async ({ node, redis }) => {
    const first = node.pidOfPlugin('/dist/rest');
    await startSecond(node, redis);
    process.kill(first, 'SIGSTOP');
    await sleep(HUNG_MS);
    process.kill(first, 'SIGCONT');
    await sleep(1_000);
    await stopSecond(node);
  },
  'plugin stopped and started': async ({ node, redis }) => {
    const plugin = pluginFile(builds.rest);
    await node.rpc('plugin', { subcommand: 'stop', plugin });
    await sleep(500);
    await node.rpc('plugin', { subcommand: 'start', plugin, 'rest-redis': redis.url });
  },
};

/** All faults in turn, with a pause after each, until the signal aborts. */
export async function disturb(world: World, signal: AbortSignal): Promise<void> {
  const faults = [...Object.entries(LOSSLESS), ...Object.entries(LOSSY)];
  for (let round = 0; !signal.aborted; round++) {
    const [name, fault] = faults[round % faults.length] ?? ['', () => Promise.resolve()];
    const window = { from: performance.now() - BEFORE_MS, to: Infinity };
    if (name in LOSSY) world.findings.lossy.push(window);
    await fault(world);
    world.findings.count(`fault: ${name}`);
    await sleep(AFTER_MS);
    window.to = performance.now();
  }
}

async function startSecond(node: FeedingNode, redis: Redis): Promise<void> {
  await node.rpc('plugin', { subcommand: 'start', plugin: SECOND, 'clnrest-redis': redis.url });
}

async function stopSecond(node: FeedingNode): Promise<void> {
  await node.rpc('plugin', { subcommand: 'stop', plugin: SECOND });
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
