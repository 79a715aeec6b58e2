import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '@clnrest/testing';
import { TestProcess } from '../../test/support/process.ts';
import { CLNREST } from '../../test/support/sandbox-node.ts';
import { type Message, Program } from '../fan-out/program.ts';
import { median } from '../measure.ts';
import { kernelMemory, memory, processorTime, processTree } from './counters.ts';
import { costsBetween, type Environment, scaled } from './environment.ts';
import { type Bare, members, RECHECK_SECONDS, type ScaleRow, type Setup } from './figures.ts';

/** Notifications of each configuration after the warm-up, and of one without subscribers, where each costs little. */
const ROUNDS = 12;
const UNSEEN_ROUNDS = 150;
/** Deliveries after which V8 has compiled what delivers, and the most notifications for them. */
const WARM_UP_DELIVERIES = 20_000;
const MAX_WARM_UP = 30;
/** The interval of the heartbeats of server-sent events, in milliseconds: all are then in the time without notifications. */
export const IDLE_MS = 15_000;
const SAMPLE_MS = 1_500;
/** The time for the last notifications to reach gateways without subscribers. */
const UNSEEN_MS = 300;
/** No request for that long: the gateways have reported all uses of runes. */
const QUIET_MS = 400;
/** On a busy machine, leases end and the gateways ask the node all the time. */
const MAX_QUIET_MS = 5_000;

const NOTHING = { node: 0, feeder: 0, gateways: 0, redis: 0 };
const NO_COSTS = { ...NOTHING, redisBytes: 0, redisCommands: 0, commands: 0, socketBytes: 0 };

/** The milliseconds until the last subscriber had a notification, and the bytes that all received. */
interface Round {
  readonly ms: number;
  readonly bytes: number;
}

interface RunningGateway {
  readonly process: TestProcess;
  readonly port: number;
}

/** Measures one configuration. The runes are those of the subscribers. */
export async function measureSetup(
  environment: Environment,
  setup: Setup,
  runes: readonly string[],
  bare: Bare,
): Promise<ScaleRow> {
  const directory = await mkdtemp(join(tmpdir(), 'clnrest-scale-'));
  const gateways: RunningGateway[] = [];
  const crowds: Program[] = [];
  try {
    for (const _ of setup.subscribers) {
      gateways.push(await startGateway(environment, setup, directory));
    }
    const ca = setup.kind === 'tls' ? [join(directory, 'ca.pem')] : [];
    for (const { port } of gateways) {
      crowds.push(new Program('crowd', 'events', String(port), runes[0] ?? '', ...ca));
    }
    const running = new RunningSetup(environment, setup, gateways, crowds);
    return { ...setup, bare, ...(await running.measure(runes)) };
  } finally {
    for (const crowd of crowds) crowd.end();
    for (const gateway of gateways) {
      await gateway.process.stop();
      environment.gateways.delete(gateway.process);
    }
    await rm(directory, { recursive: true, force: true });
  }
}

/** Gateways and the programs that connect to them. */
class RunningSetup {
  readonly #environment: Environment;
  readonly #setup: Setup;
  readonly #pids: readonly number[];
  readonly #crowds: readonly Program[];

  constructor(
    environment: Environment,
    setup: Setup,
    gateways: readonly RunningGateway[],
    crowds: readonly Program[],
  ) {
    this.#environment = environment;
    this.#setup = setup;
    this.#crowds = crowds;
    this.#pids = gateways.flatMap(({ process: { child } }) => processTree(child.pid ?? 0));
  }

  async measure(runes: readonly string[]): Promise<Omit<ScaleRow, keyof Setup | 'bare'>> {
    await this.#quiet();
    const emptyKernel = kernelMemory();
    const started = await this.#snapshot();
    await this.#join(runes);
    await this.#quiet();
    const joined = await this.#snapshot();
    const fullKernel = kernelMemory();
    const quietFrom = performance.now();
    const used = await this.#wait();
    const waited = await this.#snapshot();
    const idleMs = performance.now() - quietFrom;
    const idle = costsBetween(joined, waited);
    await this.#warmUp();
    const before = await this.#snapshot();
    const began = performance.now();
    const rounds = await this.#notifyAll();
    const share = (performance.now() - began) / idleMs;
    const notified = costsBetween(before, await this.#snapshot());
    const subscribers = members(this.#setup);
    return {
      lastMs: median(rounds.map(({ ms }) => ms)),
      memory: used,
      kernelMemory: fullKernel - emptyKernel,
      eventBytes: median(rounds.map(({ bytes }) => bytes)) / subscribers,
      joining: costsBetween(started, joined),
      idle: scaled(idle, NO_COSTS, 0, idleMs / 1e3),
      notification: scaled(notified, idle, share, rounds.length),
    };
  }

  async #join(runes: readonly string[]): Promise<void> {
    let first = 0;
    const joining = this.#crowds.map((crowd, index) => {
      const count = this.#setup.subscribers[index] ?? 0;
      const own =
        this.#setup.kind === 'one rune' ? runes.slice(0, 1) : runes.slice(first, first + count);
      first += count;
      return crowd.request({ members: count, runes: own }, isConnected);
    });
    await Promise.all(joining);
  }

  /** Waits while nothing happens. Returns the least memory, because V8 returns unused memory late. */
  async #wait(): Promise<number> {
    let least = Infinity;
    for (let waited = 0; waited < IDLE_MS; waited += SAMPLE_MS) {
      await delay(SAMPLE_MS);
      least = Math.min(least, memory(this.#pids));
    }
    return least;
  }

  async #warmUp(): Promise<void> {
    const needed = Math.ceil(WARM_UP_DELIVERIES / members(this.#setup));
    for (let round = 0; round < Math.min(needed, MAX_WARM_UP); round++) await this.#notify(round);
  }

  async #notifyAll(): Promise<readonly Round[]> {
    const isSeen = members(this.#setup) > 0;
    const rounds: Round[] = [];
    for (let round = 0; round < (isSeen ? ROUNDS : UNSEEN_ROUNDS); round++) {
      rounds.push(await this.#notify(MAX_WARM_UP + round));
    }
    if (!isSeen) await delay(UNSEEN_MS);
    return rounds;
  }

  /** Creates an invoice, which is a notification, and waits until all subscribers have it. */
  async #notify(round: number): Promise<Round> {
    const { subscribers, kind } = this.#setup;
    const label = `${kind} ${subscribers.join('-')} ${round}.`;
    await Promise.all(
      this.#crowds.map((crowd) => crowd.request({ next: round, mark: label }, isConnected)),
    );
    const began = process.hrtime.bigint();
    const params = { amount_msat: 1000, label, description: 'scale' };
    const created = this.#environment.node.rpc.call('invoice', params);
    if (members(this.#setup) === 0) {
      await created;
      return { ms: Number.NaN, bytes: Number.NaN };
    }
    const all = await Promise.all(this.#crowds.map((crowd) => crowd.receive(isRound)));
    await created;
    return {
      ms: Math.max(...all.map(({ at }) => Number(BigInt(at) - began) / 1e6)),
      bytes: all.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    };
  }

  /** Resolves when the gateways send nothing more to the node. */
  async #quiet(): Promise<void> {
    const { socket } = this.#environment;
    const end = performance.now() + MAX_QUIET_MS;
    for (let before = -1; before !== socket.commands && performance.now() < end;) {
      before = socket.commands;
      await delay(QUIET_MS);
    }
  }

  #snapshot() {
    return this.#environment.snapshot(this.#pids);
  }
}

async function startGateway(
  { redis, socket, gateways }: Environment,
  { kind }: Setup,
  certificates: string,
): Promise<RunningGateway> {
  const port = await freePort();
  const options = {
    'rpc-file': socket.path,
    port,
    redis: redis.url,
    protocol: kind === 'tls' ? 'https' : 'http',
    certs: certificates,
    ...(kind === 'node' ? { judge: 'node' } : {}),
    ...(kind === 'rechecks' ? { 'rune-recheck': RECHECK_SECONDS } : {}),
  };
  const words = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
  const gateway = new TestProcess(
    process.execPath,
    [CLNREST, 'gateway', '--allow-root', ...words],
    {
      NODE_EXTRA_CA_CERTS: '',
    },
  );
  gateways.add(gateway);
  await gateway.line(/REST server running at/);
  return { process: gateway, port };
}

const isConnected = (message: Message) => 'connected' in message;
const isRound = (message: Message) => 'round' in message;

/** Measures a server that only writes the bytes of a notification. */
export async function measureBare(subscribers: number): Promise<Bare> {
  const server = new Program('bare');
  const { port } = await server.receive((message: Message) => 'port' in message);
  const crowd = new Program('crowd', 'bare', String(port), '');
  try {
    await crowd.request({ members: subscribers }, isConnected);
    const rounds: Bare[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      await crowd.request({ next: round }, isConnected);
      const before = processorTime([server.pid]);
      const sent = await server.request({ round }, isRound);
      const received = await crowd.receive(isRound);
      const lastMs = Number(BigInt(received.at) - BigInt(sent.at)) / 1e6;
      rounds.push({ lastMs, time: processorTime([server.pid]) - before });
    }
    const measured = rounds.slice(1);
    return {
      lastMs: median(measured.map(({ lastMs }) => lastMs)),
      time: median(measured.map(({ time }) => time)),
    };
  } finally {
    crowd.end();
    server.end();
  }
}
