import type { Log } from '../http/refusal-log.ts';
import { OptionError } from '../options/settings.ts';
import type { FromHttpProcess, HttpProcessLink, StartHttpProcess } from './messages.ts';
import type { RestartLimit } from './restart-limit.ts';

/** The plugin process's handler for one run of the HTTP process. */
export interface Session {
  message(message: FromHttpProcess): void;
  /** The HTTP process has read everything that was sent. */
  drained(): void;
  ended(): void;
}

/** Dependencies of a {@link Supervisor}. */
export interface SupervisorTools {
  readonly startHttpProcess: StartHttpProcess;
  /** Sends a new HTTP process its start message, and returns the handler of its messages. */
  readonly begin: (link: HttpProcessLink) => Session;
  readonly log: Log;
  readonly limit: RestartLimit;
  /** Instructions for the operator after too many restarts. */
  readonly remedy: string;
  /** Called when it has given up after too many restarts, except during the first start. */
  readonly stopped?: ((failure: Error) => void) | undefined;
  /** Milliseconds between two ticks. The default is 1,000; tests change it. */
  readonly tickMs?: number;
}

/**
 * Ticks without a message before an HTTP process counts as stuck. It sends a heartbeat each second. The
 * supervisor counts its own ticks instead of comparing times, so that a machine that was suspended
 * does not look like a stuck event loop.
 */
const MAX_SILENT_TICKS = 10;
/** The same before its first message: on a slow machine Node takes long to start and compile. */
const MAX_STARTING_TICKS = 30;
/** Ticks before the next attempt if the last one did not listen: its port can become free. */
const RETRY_DELAY_TICKS = 1;
/** Time for a killed HTTP process to end. */
const KILL_TIMEOUT_MS = 200;

/** One run of the HTTP process. */
interface Run {
  readonly link: HttpProcessLink;
  readonly session: Session;
  silentTicks: number;
  maxSilentTicks: number;
  isListening: boolean;
  /** Why it ends, if that is known before it ends. */
  reason: string | undefined;
}

/**
 * Keeps an HTTP process running: starts it, watches its heartbeat and starts another when it ends. The HTTP process
 * cannot end the plugin process, which must answer lightningd as long as lightningd runs.
 */
export class Supervisor {
  readonly #tools: SupervisorTools;
  #state: 'new' | 'running' | 'stopped' | 'closing' = 'new';
  #run: Run | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #hasListened = false;
  #waiting: (() => void)[] = [];
  /** Why the first start failed. */
  #failure: Error | undefined;

  constructor(tools: SupervisorTools) {
    this.#tools = tools;
  }

  /** Resolves when the HTTP process listens. Rejects with an {@link OptionError} if it cannot. */
  async start(): Promise<void> {
    this.#state = 'running';
    const { tickMs = 1_000 } = this.#tools;
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#launch();
    await this.#waitUntil(() => this.#hasListened || this.#state !== 'running');
    if (!this.#hasListened) throw this.#failure ?? new OptionError('The REST server was stopped');
  }

  /** The link to the HTTP process, if that listens. */
  get listening(): HttpProcessLink | undefined {
    return this.#run?.isListening === true ? this.#run.link : undefined;
  }

  /** Resolves with the link to an HTTP process that listens; with nothing if REST has stopped. */
  async whenListening(signal: AbortSignal): Promise<HttpProcessLink | undefined> {
    const wake = (): void => this.#wakeAll();
    signal.addEventListener('abort', wake);
    try {
      while (this.#state === 'running') {
        signal.throwIfAborted();
        if (this.listening !== undefined) return this.listening;
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
      return undefined;
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  /** Ends the running HTTP process for this reason, and starts another one. */
  replace(link: HttpProcessLink, reason: string): void {
    if (this.#run?.link !== link) return;
    this.#run.reason ??= reason;
    link.kill();
  }

  /** Closes the HTTP process, and kills it after `killMs`. Never rejects. */
  async close(graceMs: number, killMs: number): Promise<void> {
    if (this.#state === 'running') this.#state = 'closing';
    clearTimeout(this.#retry);
    const run = this.#run;
    if (run !== undefined) {
      let isLate = false;
      const timers = [
        setTimeout(() => run.link.kill(), killMs),
        // A process that hangs in the kernel does not end when it is killed.
        setTimeout(() => {
          isLate = true;
          this.#wakeAll();
        }, killMs + KILL_TIMEOUT_MS),
      ];
      run.link.send({ type: 'close', graceMs });
      await this.#waitUntil(() => this.#run === undefined || isLate);
      for (const timer of timers) clearTimeout(timer);
    }
    clearInterval(this.#timer);
    this.#wakeAll();
  }

  #launch(): void {
    this.#retry = undefined;
    let run: Run | undefined;
    try {
      const link = this.#tools.startHttpProcess({
        message: (message) => run !== undefined && this.#onMessage(run, message),
        drained: () => run?.session.drained(),
        ended: (reason) => run !== undefined && this.#onEnded(run, reason),
      });
      run = {
        link,
        session: this.#tools.begin(link),
        silentTicks: 0,
        maxSilentTicks: MAX_STARTING_TICKS,
        isListening: false,
        reason: undefined,
      };
      this.#run = run;
    } catch (error) {
      this.#onFailure(error instanceof Error ? error.message : String(error), false);
    }
  }

  #onMessage(run: Run, message: FromHttpProcess): void {
    run.silentTicks = 0;
    run.maxSilentTicks = MAX_SILENT_TICKS;
    switch (message.type) {
      case 'heartbeat':
        return;
      case 'listening':
        if (this.#hasListened) {
          for (const url of message.urls) {
            this.#tools.log('info', `REST server running again at ${url}`);
          }
        }
        run.isListening = true;
        this.#hasListened = true;
        break;
      case 'failed':
        run.reason = message.message;
        run.link.kill();
        // A retry does not fix the configuration.
        if (!this.#hasListened) this.#stop(new OptionError(message.message));
        break;
      default:
    }
    run.session.message(message);
    this.#wakeAll();
  }

  #onEnded(run: Run, reason: string): void {
    this.#run = undefined;
    run.session.ended();
    if (this.#state === 'running') this.#onFailure(run.reason ?? reason, run.isListening);
    this.#wakeAll();
  }

  #onFailure(reason: string, hadListened: boolean): void {
    const { limit, log, remedy, tickMs = 1_000 } = this.#tools;
    const failure = `The REST server failed: ${reason.replace(/\.$/, '')}`;
    if (!limit.acquire()) {
      log(
        'broken',
        `${failure}. It was restarted ${String(limit)}, so it stays stopped. ${remedy}`,
      );
      this.#stop(new OptionError(failure));
      if (this.#hasListened) this.#tools.stopped?.(new OptionError(failure));
      return;
    }
    log('broken', `${failure}. It is being restarted`);
    if (hadListened) this.#launch();
    else this.#retry = setTimeout(() => this.#launch(), RETRY_DELAY_TICKS * tickMs);
  }

  #stop(failure: Error): void {
    this.#state = 'stopped';
    this.#failure = failure;
    clearInterval(this.#timer);
    this.#wakeAll();
  }

  #tick(): void {
    const run = this.#run;
    if (run === undefined || ++run.silentTicks <= run.maxSilentTicks) return;
    run.reason ??= `its event loop was blocked for ${run.maxSilentTicks} seconds`;
    run.link.kill();
  }

  async #waitUntil(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wakeAll(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
