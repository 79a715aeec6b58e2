import { PassThrough, type Readable, type Writable } from 'node:stream';
import { encodeJson, parseJson } from '@clnrest/json';
import { JsonFrames } from '@clnrest/json/bytes';
import type { PluginIo } from '../plugin/plugin-io.ts';
import { initOptions } from './init-options.ts';

/** A message that a plugin wrote. Integers beyond ±(2^53 − 1) are bigints. */
export interface PluginFrame {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/**
 * lightningd's side of a plugin's stdin and stdout. It sends what the test sends; {@link startPlugin} has methods for
 * calls, hooks and options.
 *
 * @example
 * ```ts
 * import { Plugin } from '@clnrest/lightningd';
 * import { FakeLightningd } from '@clnrest/lightningd/testing';
 * const { lightningd, io } = FakeLightningd.inProcess();
 * const plugin = new Plugin().method('ping', {}, () => ({ pong: 2n ** 60n }));
 * const ended = plugin.run(io);
 * await lightningd.start();
 * (await lightningd.request('ping')).result // => { pong: 1152921504606846976n }
 * lightningd.end();
 * await ended // => 0
 * ```
 */
export class FakeLightningd {
  /** All messages of the plugin, and their texts. */
  readonly frames: PluginFrame[] = [];
  readonly texts: string[] = [];
  readonly #toPlugin: Writable;
  #waiting: (() => void)[] = [];
  #count = 0;
  #ended: Error | undefined;

  constructor(toPlugin: Writable, fromPlugin: Readable) {
    this.#toPlugin = toPlugin;
    const frames = new JsonFrames();
    fromPlugin.on('data', (piece: Buffer) => {
      try {
        for (const text of frames.push(piece)) {
          this.texts.push(text);
          this.frames.push(parseJson(text) as PluginFrame);
        }
      } catch (cause) {
        this.#ended ??= new Error(`the plugin wrote to stdout: ${piece.toString()}`, { cause });
      }
      this.#wake();
    });
    fromPlugin.once('close', () => {
      this.#ended ??= new Error('the plugin ended');
      this.#wake();
    });
  }

  /** Connects to a plugin in this process by two streams: pass `io` to `plugin.run()`. */
  static inProcess(more: Partial<PluginIo> = {}): { lightningd: FakeLightningd; io: PluginIo } {
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    const lightningd = new FakeLightningd(stdin, stdout);
    return { lightningd, io: { stdin, stdout, lightningdVersion: 'v26.06.6', ...more } };
  }

  /** Sends a text to the plugin verbatim. */
  send(text: string): void {
    this.#toPlugin.write(text);
  }

  /** Sends a notification. `params` of the node's own topics contain the payload under the topic's name. */
  notify(method: string, params: unknown, more: Record<string, unknown> = {}): void {
    this.send(`${encodeJson({ jsonrpc: '2.0', method, ...more, params })}\n\n`);
  }

  /** Sends a request and waits for its reply. Rejects if the plugin ends before. */
  async request(method: string, params: unknown = {}): Promise<PluginFrame> {
    const id = `cln:${method}#${++this.#count}`;
    this.send(`${encodeJson({ jsonrpc: '2.0', id, method, params })}\n\n`);
    return this.frame((frame) => frame.id === id);
  }

  /**
   * Sends `getmanifest` and `init` as lightningd does and returns both replies. Options that are not given have the
   * defaults of the manifest.
   */
  async start(
    options: Record<string, unknown> = {},
    configuration: Record<string, unknown> = {},
  ): Promise<{ manifest: PluginFrame; init: PluginFrame }> {
    const manifest = await this.request('getmanifest', { 'allow-deprecated-apis': false });
    const init = await this.request('init', {
      options: initOptions(manifest.result?.['options'], options),
      configuration: {
        'lightning-dir': '/home/me/.lightning/regtest',
        'rpc-file': 'lightning-rpc',
        startup: true,
        network: 'regtest',
        feature_set: { init: '08', node: '88', channel: '', invoice: '02' },
        ...configuration,
      },
    });
    return { manifest, init };
  }

  /** Closes the plugin's stdin, as lightningd does when it ends. */
  end(): void {
    this.#toPlugin.end();
  }

  /** Waits for the first matching message. Rejects if the plugin ends before. */
  async frame(matches: (frame: PluginFrame) => boolean): Promise<PluginFrame> {
    for (;;) {
      const found = this.frames.find(matches);
      if (found !== undefined) return found;
      if (this.#ended !== undefined) throw this.#ended;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** Returns the log lines so far, as `level message`. */
  logged(): string[] {
    return this.frames.flatMap((frame) => logLineOf(frame) ?? []);
  }

  /** Waits for a log line with this start, or that matches. Rejects if the plugin ends before. */
  async logLine(start: string | RegExp): Promise<string> {
    const matches = (line: string | undefined): line is string =>
      line !== undefined && (typeof start === 'string' ? line.startsWith(start) : start.test(line));
    return logLineOf(await this.frame((frame) => matches(logLineOf(frame)))) ?? '';
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}

function logLineOf({ method, params }: PluginFrame): string | undefined {
  return method === 'log' ? `${params?.['level']} ${params?.['message']}` : undefined;
}
