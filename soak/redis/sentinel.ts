import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, temporaryDirectory } from '@clnrest/testing';
import { run } from '@clnrest/testing/programs';
import { TestRedis } from '@clnrest/testing/redis';

type AtEnd = (end: () => unknown) => void;

const WAIT_MS = 100;

/** Two Redis servers, and a sentinel that makes one of them the master. */
export class Redis {
  readonly url: string;
  readonly #port: number;
  readonly #servers: readonly TestRedis[];

  private constructor(port: number, servers: readonly TestRedis[]) {
    this.#port = port;
    this.#servers = servers;
    this.url = `redis+sentinel://127.0.0.1:${port}/main`;
  }

  static async start(atEnd: AtEnd): Promise<Redis> {
    const master = await TestRedis.startFor(atEnd);
    const replica = await TestRedis.startFor(
      atEnd,
      '--replicaof',
      '127.0.0.1',
      String(master.port),
    );
    const port = await startSentinel(master.port, atEnd);
    const redis = new Redis(port, [master, replica]);
    while ((await redis.#ask('SENTINEL', 'REPLICAS', 'main')).trim() === '') await sleep(WAIT_MS);
    return redis;
  }

  /** The server that is the master now. */
  async master(): Promise<TestRedis> {
    for (;;) {
      const address = await this.#ask('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main');
      const server = this.#servers.find(({ port }) => address.split('\n')[1] === String(port));
      if (server !== undefined) return server;
      await sleep(WAIT_MS);
    }
  }

  /** Kills the master, waits for the failover, and starts the server again as a replica. */
  async failOver(): Promise<void> {
    const old = await this.master();
    await old.kill();
    while ((await this.master()) === old) await sleep(WAIT_MS);
    await old.listen();
    // The sentinel makes it a replica, which gets the data of the new master.
    while (!(await command(old, 'INFO', 'replication')).includes('master_link_status:up')) {
      await sleep(WAIT_MS);
    }
  }

  /** Runs a command at the master. */
  async command(...words: readonly string[]): Promise<string> {
    return command(await this.master(), ...words);
  }

  #ask(...words: readonly string[]): Promise<string> {
    return run('redis-cli', '-p', String(this.#port), ...words);
  }
}

function command({ port }: TestRedis, ...words: readonly string[]): Promise<string> {
  return run('redis-cli', '-p', String(port), ...words);
}

async function startSentinel(master: number, atEnd: AtEnd): Promise<number> {
  const port = await freePort();
  const file = join(temporaryDirectory(atEnd), 'sentinel.conf');
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    `sentinel monitor main 127.0.0.1 ${master} 1`,
    'sentinel down-after-milliseconds main 1500',
    'sentinel failover-timeout main 5000',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const child = spawn('redis-server', [file, '--sentinel'], { stdio: 'ignore' });
  atEnd(() => kill(child));
  while (!(await isListening(port))) await sleep(WAIT_MS);
  return port;
}

async function isListening(port: number): Promise<boolean> {
  return run('redis-cli', '-p', String(port), 'PING').then(
    (reply) => reply.startsWith('PONG'),
    () => false,
  );
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, 'exit');
  child.kill('SIGKILL');
  await closed;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
