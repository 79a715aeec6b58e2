import type { IncomingMessage } from 'node:http';
import type { Metrics } from '../metrics/metrics.ts';
import type { CommandCall } from '../node/checked-call.ts';
import type { ParsedRune } from '../node/parsed-rune.ts';
import type { TrustedProxies } from '../options/trusted-proxies.ts';
import { loggableParameters } from './loggable-parameters.ts';
import type { Log } from './refusal-log.ts';
import type { RequestIds } from './request-ids.ts';

/** Which allowed calls are logged: none, or all, without or with their parameters. */
export type CallLogging = 'off' | 'commands' | 'parameters';

/** An allowed call that has ended. */
export interface CallRecord {
  readonly request: IncomingMessage;
  readonly call: CommandCall;
  /** `undefined` if the path needs no rune. */
  readonly rune: ParsedRune | undefined;
  /** The HTTP status of the response; 0 if the client disconnected first. */
  readonly status: number;
  /** Milliseconds since the head of the request was read. */
  readonly milliseconds: number;
}

/** Dependencies of a {@link CallRecorder}. */
export interface CallRecorderTools {
  readonly metrics: Metrics;
  readonly log: Log;
  readonly logging: CallLogging;
  readonly requestIds: RequestIds;
  readonly proxies: TrustedProxies;
}

/** The status of a command that the node does not know: any caller can make up its name. */
const NOT_FOUND = 404;
const UNKNOWN_COMMAND = 'unknown';

/** Counts the calls that were allowed, and logs them if the operator wants that. */
export class CallRecorder {
  readonly #tools: CallRecorderTools;

  constructor(tools: CallRecorderTools) {
    this.#tools = tools;
  }

  /** Records how long the node took until it began its result. */
  nodeResponded(milliseconds: number): void {
    this.#tools.metrics.nodeSeconds.observe(milliseconds / 1_000);
  }

  ended(record: CallRecord): void {
    const { metrics, logging } = this.#tools;
    const { call, status, milliseconds } = record;
    const command = status === NOT_FOUND ? UNKNOWN_COMMAND : call.method;
    metrics.calls.add([command, String(status)]);
    metrics.callSeconds.observe(milliseconds / 1_000, [command]);
    if (logging !== 'off') this.#log(record);
  }

  #log({ request, call, rune, status, milliseconds }: CallRecord): void {
    const { log, logging, proxies, requestIds } = this.#tools;
    const { method, params } = call;
    const client = proxies.clientOfRequest(request);
    const outcome = status === 0 ? 'the client disconnected' : String(status);
    const by = rune === undefined ? 'without a rune' : `by rune ${rune.id}`;
    const parameters =
      logging === 'parameters' ? ` with ${loggableParameters(method, params)}` : '';
    log(
      'info',
      `${client} called ${method}${parameters} ${by}: ${outcome} after ${Math.round(milliseconds)} ms (request ${requestIds.of(request)})`,
    );
  }
}
