import type { Log } from '../http/refusal-log.ts';
import { OptionError } from '../options/settings.ts';
import type { FromHttpSide, HttpSideLink, StartHttpSide } from './messages.ts';
import type { RestartLimit } from './restart-limit.ts';

/** The plugin side's part in one life of the HTTP side. */
export interface Session {
  message(message: FromHttpSide): void;
  /** The HTTP side has taken all that was sent to it. */
  drained(): void;
  ended(): void;
}

/** What a supervisor is made of. */
export interface SupervisorTools {
  readonly startSide: StartHttpSide;
  /** Sends a new HTTP side all that it needs, and takes its messages. */
  readonly begin: (link: HttpSideLink) => Session;
  readonly log: Log;
  readonly limit: RestartLimit;
  /** How the operator starts REST again after too many restarts. */
  readonly remedy: string;
  /** Milliseconds between two ticks: 1,000 except in tests. */
  readonly tickMs?: number;
}

/**
 * Ticks without a message before an HTTP side counts as stuck. It sends a heartbeat each second. The
 * supervisor counts its own ticks instead of comparing times, so that a machine that was suspended
 * does not look like a stuck event loop.
 */
const STUCK_TICKS = 10;
/** The same before its first message: Node has to start and to compile, which a slow machine does slowly. */
const STARTING_TICKS = 30;
/** Ticks before another attempt if the last one did not even start to listen: a port can become free. */
const RETRY_TICKS = 1;
/** Time for a killed HTTP side to be gone. */
const KILL_MS = 200;

/** One life of the HTTP side. */
interface Life {
  readonly link: HttpSideLink;
  readonly session: Session;
  silentTicks: number;
  maxSilentTicks: number;
  isListening: boolean;
  /** Why it ends, if that is known before it has ended. */
  reason: string | undefined;
}

/**
 * Keeps an HTTP side running: starts it, watches its heartbeat and starts another when it ends. Nothing
 * that the HTTP side does can end the plugin side: it must answer lightningd as long as that runs.
 */
export class Supervisor {
  readonly #tools: SupervisorTools;
  #state: 'new' | 'running' | 'stopped' | 'closing' = 'new';
  #life: Life | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #hasListened = false;
  #waiting: (() => void)[] = [];
  /** Why the first start failed. */
  #failure: Error | undefined;

  constructor(tools: SupervisorTools) {
    this.#tools = tools;
  }

  /** Resolves when the HTTP side listens. Rejects with an {@link OptionError} if it cannot. */
  async start(): Promise<void> {
    this.#state = 'running';
    const { tickMs = 1_000 } = this.#tools;
    this.#timer = setInterval(() => this.#tick(), tickMs);
    this.#launch();
    await this.#changedUntil(() => this.#hasListened || this.#state !== 'running');
    if (!this.#hasListened) throw this.#failure ?? new OptionError('The REST server was stopped');
  }

  /** The link to the HTTP side, if that listens. */
  get listening(): HttpSideLink | undefined {
    return this.#life?.isListening === true ? this.#life.link : undefined;
  }

  /** Resolves with the link to an HTTP side that listens; with nothing if REST has stopped. */
  async whenListening(signal: AbortSignal): Promise<HttpSideLink | undefined> {
    const wake = (): void => this.#changed();
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

  /** Ends the running HTTP side for this reason. Another one is started in its place. */
  replace(link: HttpSideLink, reason: string): void {
    if (this.#life?.link !== link) return;
    this.#life.reason ??= reason;
    link.kill();
  }

  /** Ends the HTTP side: in order if it does that within `killMs`. Never rejects. */
  async close(graceMs: number, killMs: number): Promise<void> {
    if (this.#state === 'running') this.#state = 'closing';
    clearTimeout(this.#retry);
    const life = this.#life;
    if (life !== undefined) {
      let isLate = false;
      const timers = [
        setTimeout(() => life.link.kill(), killMs),
        // A process that hangs in the kernel does not end before the kernel lets it.
        setTimeout(() => {
          isLate = true;
          this.#changed();
        }, killMs + KILL_MS),
      ];
      life.link.send({ type: 'close', graceMs });
      await this.#changedUntil(() => this.#life === undefined || isLate);
      for (const timer of timers) clearTimeout(timer);
    }
    clearInterval(this.#timer);
    this.#changed();
  }

  #launch(): void {
    this.#retry = undefined;
    let life: Life | undefined;
    try {
      const link = this.#tools.startSide({
        message: (message) => life !== undefined && this.#take(life, message),
        drained: () => life?.session.drained(),
        ended: (reason) => life !== undefined && this.#ended(life, reason),
      });
      life = {
        link,
        session: this.#tools.begin(link),
        silentTicks: 0,
        maxSilentTicks: STARTING_TICKS,
        isListening: false,
        reason: undefined,
      };
      this.#life = life;
    } catch (error) {
      this.#failed(error instanceof Error ? error.message : String(error), false);
    }
  }

  #take(life: Life, message: FromHttpSide): void {
    life.silentTicks = 0;
    life.maxSilentTicks = STUCK_TICKS;
    switch (message.type) {
      case 'heartbeat':
        return;
      case 'listening':
        if (this.#hasListened)
          this.#tools.log('info', `REST server running again at ${message.url}`);
        life.isListening = true;
        this.#hasListened = true;
        break;
      case 'failed':
        life.reason = message.message;
        life.link.kill();
        // What the operator configured does not become right by a retry.
        if (!this.#hasListened) this.#stop(new OptionError(message.message));
        break;
      default:
    }
    life.session.message(message);
    this.#changed();
  }

  #ended(life: Life, how: string): void {
    this.#life = undefined;
    life.session.ended();
    if (this.#state === 'running') this.#failed(life.reason ?? how, life.isListening);
    this.#changed();
  }

  #failed(reason: string, hadListened: boolean): void {
    const { limit, log, remedy, tickMs = 1_000 } = this.#tools;
    const failure = `The REST server failed: ${reason.replace(/\.$/, '')}`;
    if (!limit.acquire()) {
      log(
        'broken',
        `${failure}. It was restarted ${String(limit)}, so it stays stopped. ${remedy}`,
      );
      this.#stop(new OptionError(failure));
      return;
    }
    log('broken', `${failure}. It is being restarted`);
    if (hadListened) this.#launch();
    else this.#retry = setTimeout(() => this.#launch(), RETRY_TICKS * tickMs);
  }

  #stop(failure: Error): void {
    this.#state = 'stopped';
    this.#failure = failure;
    clearInterval(this.#timer);
    this.#changed();
  }

  #tick(): void {
    const life = this.#life;
    if (life === undefined || ++life.silentTicks <= life.maxSilentTicks) return;
    life.reason ??= `its event loop has not turned for ${life.maxSilentTicks} seconds`;
    life.link.kill();
  }

  async #changedUntil(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #changed(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }
}
