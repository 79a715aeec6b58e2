import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { RpcClient } from '@clnrest/lightningd';
import { freePort } from '@clnrest/testing';
import { STARTED } from '../support/node.ts';
import type { NodeProcess } from '../support/node-process.ts';
import { TestProcess } from '../support/process.ts';
import { CLNREST, startSandboxProcess } from '../support/sandbox-node.ts';

const PLUGIN = new URL('../../dist/rest', import.meta.url).pathname;
const FEEDING = /plugin-rest: notifications go to Redis/;

/** Where Redis is. */
export interface RedisUrl {
  readonly url: string;
}

/** A node whose plugin feeds Redis and serves nothing. */
export class FeedingNode {
  readonly directory: string;
  readonly redis: RedisUrl;
  #node: NodeProcess | undefined;

  constructor(redis: RedisUrl, directory: string) {
    this.redis = redis;
    this.directory = directory;
  }

  /** Starts the node, which feeds Redis then. Further plugins can be options. */
  async start(...further: readonly string[]): Promise<void> {
    const options = [`--plugin=${PLUGIN}`, `--rest-redis=${this.redis.url}`, ...further];
    this.#node = await startSandboxProcess(this.directory, options);
    await this.#node.process.line(STARTED);
    await this.#node.process.line(FEEDING);
  }

  /** Waits for a line of the node's log. */
  async logged(pattern: RegExp): Promise<void> {
    await this.#node?.process.line(pattern);
  }

  async stop(): Promise<void> {
    await this.#node?.stop();
  }

  /** The process of a plugin, by the end of its path. */
  pidOfPlugin(ending: string): number {
    for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
      try {
        if (readlinkSync(`/proc/${name}/cwd`) !== `${this.directory}/regtest`) continue;
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        if (words.some((word) => word.endsWith(ending) && !word.startsWith('-')))
          return Number(name);
      } catch {
        // The process has ended or belongs to another user.
      }
    }
    throw new Error(`no plugin ${ending} runs`);
  }

  get socketPath(): string {
    return this.#node?.socketPath ?? '';
  }

  async rpc<T>(method: string, params: object): Promise<T> {
    const client = new RpcClient({ socketPath: this.socketPath });
    try {
      return JSON.parse(await client.callText(method, params)) as T;
    } finally {
      await client.close();
    }
  }

  async rune(...restrictions: readonly string[][]): Promise<string> {
    return (await this.rpc<{ rune: string }>('createrune', { restrictions })).rune;
  }

  /** Creates invoices with these labels, each of which is a notification. */
  async invoices(from: number, to: number): Promise<void> {
    for (let label = from; label <= to; label++) {
      await this.rpc('invoice', { amount_msat: 1, label: `n${label}`, description: 'x' });
    }
  }
}

/** Starts a gateway of the node that reads from Redis. */
export function startGateway(node: FeedingNode, redis: RedisUrl) {
  return startGatewayWith(redis, `--rpc-file=${node.socketPath}`);
}

export async function startGatewayWith(redis: RedisUrl, ...args: readonly string[]) {
  const port = await freePort();
  const gateway = new TestProcess(
    process.execPath,
    [CLNREST, 'gateway', `--port=${port}`, ...args],
    { CLNREST_PROTOCOL: 'http', CLNREST_ALLOW_ROOT: 'true', CLNREST_REDIS: redis.url },
  );
  await gateway.line(/REST server running at/);
  return { gateway, url: `http://127.0.0.1:${port}` };
}
