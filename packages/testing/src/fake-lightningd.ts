import { PassThrough, type Readable, type Writable } from 'node:stream';
import { JsonFrames } from '@clnrest/json/bytes';
import type { PluginIo } from '@clnrest/lightningd';

/** A frame that a plugin wrote. */
export interface PluginFrame {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** lightningd's side of a plugin's stdin and stdout. */
export class FakeLightningd {
  /** All frames of the plugin, and their texts. */
  readonly frames: PluginFrame[] = [];
  readonly texts: string[] = [];
  readonly #toPlugin: Writable;
  #waiting: (() => void)[] = [];
  #count = 0;

  constructor(toPlugin: Writable, fromPlugin: Readable) {
    this.#toPlugin = toPlugin;
    const frames = new JsonFrames();
    fromPlugin.on('data', (piece: Buffer) => {
      for (const text of frames.push(piece)) {
        this.texts.push(text);
        this.frames.push(JSON.parse(text) as PluginFrame);
      }
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const wake of waiting) wake();
    });
  }

  /** Connects to a plugin in this process by two streams. */
  static inProcess(more: Partial<PluginIo> = {}): { lightningd: FakeLightningd; io: PluginIo } {
    const [stdin, stdout] = [new PassThrough(), new PassThrough()];
    const lightningd = new FakeLightningd(stdin, stdout);
    return { lightningd, io: { stdin, stdout, lightningdVersion: 'v26.06.6', ...more } };
  }

  send(text: string): void {
    this.#toPlugin.write(text);
  }

  notify(method: string, params: unknown, more: Record<string, unknown> = {}): void {
    this.send(`${JSON.stringify({ jsonrpc: '2.0', method, ...more, params })}\n\n`);
  }

  /** Sends a request and waits for its reply. */
  async request(method: string, params: unknown = {}): Promise<PluginFrame> {
    const id = `cln:${method}#${++this.#count}`;
    this.send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n\n`);
    return this.frame((frame) => frame.id === id);
  }

  /** Sends `getmanifest` and `init` as lightningd does and returns both replies. */
  async start(
    options: Record<string, unknown> = {},
    configuration: Record<string, unknown> = {},
  ): Promise<{ manifest: PluginFrame; init: PluginFrame }> {
    const manifest = await this.request('getmanifest', { 'allow-deprecated-apis': false });
    const init = await this.request('init', {
      options,
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

  end(): void {
    this.#toPlugin.end();
  }

  /** Waits for the first matching frame. */
  async frame(matches: (frame: PluginFrame) => boolean): Promise<PluginFrame> {
    for (;;) {
      const found = this.frames.find(matches);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** Returns the log lines so far, as `level message`. */
  logged(): string[] {
    return this.frames
      .filter((frame) => frame.method === 'log')
      .map(({ params }) => `${String(params?.['level'])} ${String(params?.['message'])}`);
  }

  /** Waits for a log line with this start. */
  async logLine(start: string): Promise<void> {
    await this.frame(
      ({ method, params }) =>
        method === 'log' && `${params?.['level']} ${params?.['message']}`.startsWith(start),
    );
  }
}
