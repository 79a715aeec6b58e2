import { findMember, FrameScanner, type Frame } from '../json/frame-scanner.ts';
import { writeJson, type JsonObject } from '../json/output.ts';
import { quote } from '../json/strings.ts';
import type { Logger } from '../log/log-book.ts';
import type { Subscriber } from '../notifications/notifier.ts';
import type { Manifest } from './manifest.ts';
import type { PluginProcess } from './plugin-process.ts';

/** The states of a plugin's start, in order. */
type PluginState = 'awaiting getmanifest' | 'needs init' | 'awaiting init' | 'running';

/** lightningd's description of a state, in log lines about the end of a plugin. */
export function stateDescription(state: PluginState): string {
  switch (state) {
    case 'awaiting getmanifest':
      return 'before replying to getmanifest';
    case 'needs init':
      return 'before we sent init';
    case 'awaiting init':
      return 'before replying to init';
    case 'running':
      return 'during normal operation';
  }
}

/** A request without a reply yet. */
interface PendingRequest {
  /** The plugin's reply: a frame with the request's id. */
  onReply(reply: Frame): void;
  /** A notification about the request: `message` or `progress`. */
  onProgress?(method: string, params: Frame): void;
  /** The plugin has ended. */
  onTermination(): void;
}

const OPEN_BRACE = 0x7b;

/** An id prefix that needs no escapes in a JSON string. */
// eslint-disable-next-line no-control-regex
const UNESCAPED = /^[^"\\\u0000-\u001f\u007f]*$/;

/** A started plugin: its state and its messages. */
export class Plugin implements Subscriber {
  readonly path: string;
  /** The file's name. */
  readonly name: string;
  readonly log: Logger;
  /** The checksum of the file when the plugin started. */
  readonly checksum: string | undefined;
  important: boolean;
  state: PluginState = 'awaiting getmanifest';
  manifest: Manifest | undefined;
  readonly #process: PluginProcess;
  readonly #pending = new Map<string, PendingRequest>();

  constructor(parts: {
    path: string;
    name: string;
    log: Logger;
    checksum: string | undefined;
    important: boolean;
    process: PluginProcess;
  }) {
    this.path = parts.path;
    this.name = parts.name;
    this.log = parts.log;
    this.checksum = parts.checksum;
    this.important = parts.important;
    this.#process = parts.process;
  }

  get process(): PluginProcess {
    return this.#process;
  }

  get methods(): readonly string[] {
    return this.manifest?.methods.map(({ name }) => name) ?? [];
  }

  /** Sends a request. @param id - JSON text, unique among the pending requests */
  request(id: string, method: string, params: JsonObject, pending: PendingRequest): void {
    this.#pending.set(id, pending);
    this.#process.send([
      `{"jsonrpc":"2.0","id":${id},"method":${quote(method)},"params":${writeJson(params)}}\n\n`,
    ]);
  }

  /** Forwards a request byte for byte, except for its id. */
  forward(id: string, request: Frame, pending: PendingRequest): void {
    this.#pending.set(id, pending);
    this.#process.send([...withId(request, id), '\n\n']);
  }

  /** Passes a reply to its pending request. Replies with an unknown id are dropped. */
  handleReply(reply: Frame): void {
    const id = findMember(reply, 'id');
    if (id === undefined) return;
    const key = reply.bytes.toString('utf8', id.start, id.end);
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    pending?.onReply(reply);
  }

  /**
   * Passes a progress notification to its pending request.
   *
   * @returns false if the notification has no id, as with params that are not an object
   */
  handleProgress(method: string, params: Buffer): boolean {
    if (params[0] !== OPEN_BRACE) return false;
    const [frame] = new FrameScanner(params.length).push(params);
    const id = frame === undefined ? undefined : findMember(frame, 'id');
    if (frame === undefined || id === undefined) return false;
    this.#pending.get(frame.bytes.toString('utf8', id.start, id.end))?.onProgress?.(method, frame);
    return true;
  }

  notify(pieces: readonly (string | Buffer)[]): void {
    if (this.state === 'running') this.#process.send(pieces);
  }

  subscribesTo(topic: string): boolean {
    const topics = this.manifest?.subscriptions ?? [];
    return topics.includes(topic) || topics.includes('*');
  }

  /** Fails all pending requests. */
  failPending(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of pending) request.onTermination();
  }
}

/** The bytes of a frame with its id replaced. */
export function withId(frame: Frame, id: string): (string | Buffer)[] {
  const span = findMember(frame, 'id');
  if (span === undefined) return [frame.bytes];
  return [frame.bytes.subarray(0, span.start), id, frame.bytes.subarray(span.end)];
}

/**
 * The id of a request to a plugin. It begins with the id of the request that caused it, so that log lines can be
 * matched.
 *
 * @param cause - the id of that request as JSON text, if a request caused it
 */
export function requestId(cause: string | undefined, method: string, number: number): string {
  const own = `cln:${method}#${number}`;
  if (cause === undefined) return quote(own);
  const bare =
    cause.length > 1 && cause.startsWith('"') && cause.endsWith('"') ? cause.slice(1, -1) : cause;
  return `"${UNESCAPED.test(bare) ? bare : 'weird-id'}/${own.replaceAll(/["\\]/g, '?')}"`;
}
