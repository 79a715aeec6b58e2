import { PassThrough } from 'node:stream';
import { JsonFrames } from '@clnrest/lightningd';
import { onTestFinished } from 'vitest';
import { FakeNode } from '@clnrest/testing/fake-node';
import { type Build, builds } from '../builds.ts';
import type { StartHttpProcess } from '../processes/messages.ts';
import { runGateway } from '../run-gateway.ts';
import { OPTIONS } from '../options/declarations.ts';
import { inProcessGateway } from './in-process-gateway.ts';

interface Message {
  readonly id?: string;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly method?: string;
  readonly params?: unknown;
}

/** The node's end of a plugin's connection: sends requests as lightningd does, and receives the plugin's messages. */
export class PluginHost {
  readonly node: FakeNode;
  readonly stdin = new PassThrough();
  readonly status: Promise<number>;
  readonly logged: string[] = [];
  readonly #build: Build;
  readonly #replies = new Map<string, unknown>();
  #asked = 0;
  #changed: () => void = () => undefined;

  private constructor(node: FakeNode, build: Build, start: StartHttpProcess) {
    this.node = node;
    this.#build = build;
    const stdout = new PassThrough();
    const frames = new JsonFrames();
    stdout.on('data', (piece: Buffer) => {
      for (const text of frames.push(piece)) this.#onMessage(JSON.parse(text));
    });
    this.status = runGateway(
      build,
      { start, cancel: () => undefined },
      { io: { stdin: this.stdin, stdout }, directory: node.directory },
    );
  }

  /** Starts the plugin, after the node was prepared. */
  static async start(
    build: Build = builds.rest,
    start: StartHttpProcess = inProcessGateway,
    prepare: (node: FakeNode) => void = () => undefined,
  ): Promise<PluginHost> {
    const node = await FakeNode.start({ getinfo: (call) => call.result('{"id":"02"}') });
    prepare(node);
    const host = new PluginHost(node, build, start);
    onTestFinished(async () => {
      host.stdin.end();
      await host.status;
    });
    return host;
  }

  /** Sends a request. Resolves with the result or the error. */
  async ask(method: string, params: unknown): Promise<Record<string, unknown>> {
    const id = `test:${method}#${this.#asked++}`;
    this.#send(method, params, id);
    while (!this.#replies.has(id)) {
      await this.#change();
    }
    return this.#replies.get(id) as Record<string, unknown>;
  }

  #change(): Promise<void> {
    return new Promise<void>((resolve) => {
      const before = this.#changed;
      this.#changed = () => {
        before();
        resolve();
      };
    });
  }

  /** Resolves when the log satisfies a condition. */
  async untilLogged(condition: (lines: readonly string[]) => boolean): Promise<void> {
    while (!condition(this.logged)) await this.#change();
  }

  /** Sends a notification. */
  notify(method: string, params: unknown): void {
    this.#send(method, params);
  }

  #send(method: string, params: unknown, id?: string): void {
    this.stdin.write(
      `${JSON.stringify({ jsonrpc: '2.0', ...(id && { id }), method, params })}\n\n`,
    );
  }

  async init(options: Record<string, unknown>): Promise<Record<string, unknown>> {
    await this.ask('getmanifest', { 'allow-deprecated-apis': false });
    return this.ask('init', {
      options: { ...this.#defaults(), ...options },
      configuration: {
        'lightning-dir': this.node.directory,
        'rpc-file': 'lightning-rpc',
        startup: true,
        network: 'regtest',
        feature_set: {},
      },
    });
  }

  #defaults(): Record<string, unknown> {
    const values = {
      protocol: 'http',
      host: '127.0.0.1',
      csp: OPTIONS.csp.default,
      'cors-origins': ['*'],
      'swagger-root': '/',
    };
    return Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`${this.#build.prefix}-${name}`, value]),
    );
  }

  #onMessage(message: Message): void {
    if (message.id !== undefined) this.#replies.set(message.id, message.result ?? message.error);
    if (message.method === 'log') {
      const { level, message: text } = message.params as { level: string; message: string };
      this.logged.push(`${level}: ${text}`);
    }
    const changed = this.#changed;
    this.#changed = () => undefined;
    changed();
  }
}
