import { findMember, FrameScanner, type Frame } from '../json/frame-scanner.ts';
import { writeJson, type JsonObject } from '../json/output.ts';
import { quote } from '../json/strings.ts';
import type { Logger } from '../log/log-book.ts';
import type { Subscriber } from '../notifications/notifier.ts';
import type { Manifest } from './manifest.ts';
import type { PluginProcess } from './plugin-process.ts';

/** How far a plugin has come. */
type PluginState = 'awaiting getmanifest' | 'needs init' | 'awaiting init' | 'running';

/** What a state is called where a plugin's end is told of. */
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

/** Something that a plugin was asked and has not answered. */
interface PendingRequest {
  /** The plugin's answer, a frame with the request's id. */
  answered(reply: Frame): void;
  /** It tells how it gets on: `message` or `progress`. */
  notified?(method: string, params: Frame): void;
  /** It died. */
  terminated(): void;
}

/** An id prefix that can stand in a string as it is. */
// eslint-disable-next-line no-control-regex
const PLAIN = /^[^"\\\u0000-\u001f\u007f]*$/;

/** One plugin that was started: its state, and what passes between it and the node. */
export class Plugin implements Subscriber {
  readonly path: string;
  /** The file's name. */
  readonly name: string;
  readonly log: Logger;
  important: boolean;
  state: PluginState = 'awaiting getmanifest';
  manifest: Manifest | undefined;
  readonly #process: PluginProcess;
  readonly #pending = new Map<string, PendingRequest>();

  constructor(parts: {
    path: string;
    name: string;
    log: Logger;
    important: boolean;
    process: PluginProcess;
  }) {
    this.path = parts.path;
    this.name = parts.name;
    this.log = parts.log;
    this.important = parts.important;
    this.#process = parts.process;
  }

  get process(): PluginProcess {
    return this.#process;
  }

  get methods(): readonly string[] {
    return this.manifest?.methods.map(({ name }) => name) ?? [];
  }

  /** @returns the id as JSON text, by which `answered` finds the request */
  request(id: string, method: string, params: JsonObject, pending: PendingRequest): void {
    this.#pending.set(id, pending);
    this.#process.send([
      `{"jsonrpc":"2.0","id":${id},"method":${quote(method)},"params":${writeJson(params)}}\n\n`,
    ]);
  }

  /** Passes a request on as it came, but for its id. */
  forward(id: string, request: Frame, pending: PendingRequest): void {
    this.#pending.set(id, pending);
    this.#process.send([...withId(request, id), '\n\n']);
  }

  /** Gives an answer to whoever waits for it; one that nobody waits for is dropped. */
  answer(reply: Frame): void {
    const id = findMember(reply, 'id');
    if (id === undefined) return;
    const key = reply.bytes.toString('utf8', id.start, id.end);
    const pending = this.#pending.get(key);
    this.#pending.delete(key);
    pending?.answered(reply);
  }

  /**
   * Gives word of a command in progress to its caller.
   *
   * @returns false when it does not say which command
   */
  progress(method: string, params: Buffer): boolean {
    const [frame] = new FrameScanner(params.length).push(params);
    const id = frame === undefined ? undefined : findMember(frame, 'id');
    if (frame === undefined || id === undefined) return false;
    this.#pending.get(frame.bytes.toString('utf8', id.start, id.end))?.notified?.(method, frame);
    return true;
  }

  notify(pieces: readonly (string | Buffer)[]): void {
    if (this.state === 'running') this.#process.send(pieces);
  }

  subscribesTo(topic: string): boolean {
    const topics = this.manifest?.subscriptions ?? [];
    return topics.includes(topic) || topics.includes('*');
  }

  /** Nobody need wait any longer. */
  failPending(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const request of pending) request.terminated();
  }
}

/** A frame with another id, in pieces. */
export function withId(frame: Frame, id: string): (string | Buffer)[] {
  const span = findMember(frame, 'id');
  if (span === undefined) return [frame.bytes];
  return [frame.bytes.subarray(0, span.start), id, frame.bytes.subarray(span.end)];
}

/**
 * The id of a request to a plugin. It begins with the id of the request that caused it, so that a
 * log tells what belongs together.
 *
 * @param cause - that id, as JSON text; undefined if nothing caused it
 */
export function requestId(cause: string | undefined, method: string, number: number): string {
  const own = `cln:${method}#${number}`;
  if (cause === undefined) return quote(own);
  const bare =
    cause.length > 1 && cause.startsWith('"') && cause.endsWith('"') ? cause.slice(1, -1) : cause;
  return `"${PLAIN.test(bare) ? bare : 'weird-id'}/${own.replaceAll(/["\\]/g, '?')}"`;
}
