import type { LogLevel, PluginCall, Progress } from './declarations.ts';
import type { IncomingRequest } from './incoming.ts';
import type { Outbox } from './outbox.ts';

/** A request as its handler sees it. */
export class Call implements PluginCall {
  readonly id: string;
  readonly method: string;
  readonly paramsText: string;
  readonly filterText: string | undefined;
  readonly signal: AbortSignal;
  readonly #request: Pick<IncomingRequest, 'params' | 'idText'>;
  readonly #outbox: Outbox;

  constructor(request: Omit<IncomingRequest, 'kind'>, signal: AbortSignal, outbox: Outbox) {
    this.id = request.id;
    this.method = request.method;
    this.paramsText = request.paramsText;
    this.filterText = request.filterText;
    this.signal = signal;
    this.#request = request;
    this.#outbox = outbox;
  }

  get params(): unknown {
    return this.#request.params;
  }

  message(level: LogLevel, text: string): void {
    this.#tell('message', `"level":${JSON.stringify(level)},"message":${JSON.stringify(text)}`);
  }

  progress({ num, total, stage }: Progress): void {
    const within = stage === undefined ? '' : `,"stage":${JSON.stringify(stage)}`;
    this.#tell('progress', `"num":${num},"total":${total}${within}`);
  }

  /** lightningd finds the caller by the id inside of the params, and puts the caller's own id there. */
  #tell(method: string, members: string): void {
    this.#outbox.notification(method, `{"id":${this.#request.idText},${members}}`);
  }
}
