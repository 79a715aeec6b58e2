import { PassThrough, type Readable, type Writable } from 'node:stream';
import { JsonFrames } from '../json/frames.ts';
import type { PluginIo } from '../plugin/plugin-io.ts';

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
  /** Everything that the plugin wrote, and the texts of it. */
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

  /** With streams of its own for a plugin in this program. */
  static beside(more: Partial<PluginIo> = {}): { lightningd: FakeLightningd; io: PluginIo } {
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

  /** Sends a request and waits for its answer. */
  async request(method: string, params: unknown = {}): Promise<PluginFrame> {
    const id = `cln:${method}#${++this.#count}`;
    this.send(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n\n`);
    return this.frame((frame) => frame.id === id);
  }

  /** Sends `getmanifest` and `init` as lightningd does and returns both answers. */
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

  /** The first frame that fits, waited for if it has not come yet. */
  async frame(fits: (frame: PluginFrame) => boolean): Promise<PluginFrame> {
    for (;;) {
      const found = this.frames.find(fits);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  /** The log lines so far, `level message`. */
  logged(): string[] {
    return this.frames
      .filter((frame) => frame.method === 'log')
      .map(({ params }) => `${String(params?.['level'])} ${String(params?.['message'])}`);
  }

  /** The log line that begins so, waited for. */
  async logLine(start: string): Promise<void> {
    await this.frame(
      ({ method, params }) =>
        method === 'log' && `${params?.['level']} ${params?.['message']}`.startsWith(start),
    );
  }
}
