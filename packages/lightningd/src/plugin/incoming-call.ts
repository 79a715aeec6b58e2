import type { LogLevel, PluginCall, Progress } from './declarations.ts';
import type { IncomingRequest } from './incoming.ts';
import type { MessageWriter } from './message-writer.ts';

/** A request in the form that handlers receive. */
export class IncomingCall implements PluginCall {
  readonly id: string;
  readonly method: string;
  readonly paramsText: string;
  readonly filterText: string | undefined;
  readonly signal: AbortSignal;
  readonly #request: Pick<IncomingRequest, 'params' | 'idText'>;
  readonly #writer: MessageWriter;

  constructor(request: Omit<IncomingRequest, 'kind'>, signal: AbortSignal, writer: MessageWriter) {
    this.id = request.id;
    this.method = request.method;
    this.paramsText = request.paramsText;
    this.filterText = request.filterText;
    this.signal = signal;
    this.#request = request;
    this.#writer = writer;
  }

  get params(): unknown {
    return this.#request.params;
  }

  message(level: LogLevel, text: string): void {
    this.#notifyCaller(
      'message',
      `"level":${JSON.stringify(level)},"message":${JSON.stringify(text)}`,
    );
  }

  progress({ num, total, stage }: Progress): void {
    const within = stage === undefined ? '' : `,"stage":${JSON.stringify(stage)}`;
    this.#notifyCaller('progress', `"num":${num},"total":${total}${within}`);
  }

  /** lightningd finds the caller by the id in the params, and replaces it with the caller's own id. */
  #notifyCaller(method: string, members: string): void {
    this.#writer.notification(method, `{"id":${this.#request.idText},${members}}`);
  }
}
