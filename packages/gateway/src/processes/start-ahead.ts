import type { HttpProcessEvents, HttpProcessLink, StartHttpProcess } from './messages.ts';

/** Starts HTTP processes, the first of which may be running already. */
export interface HttpProcessSource {
  readonly start: StartHttpProcess;
  /** Ends the first process if it has not been asked for. */
  cancel(): void;
}

/**
 * Starts the first process before it is asked for. Never throws: a process that cannot be started, or that has ended in the
 * meantime, is started again when it is asked for.
 */
export function startAhead(start: StartHttpProcess): HttpProcessSource {
  let waiting: WaitingProcess | undefined;
  try {
    waiting = new WaitingProcess(start);
  } catch {
    // If the reason persists, the caller of `start` gets the error.
  }
  return {
    start: (events) => {
      const first = waiting;
      waiting = undefined;
      return first === undefined || first.hasEnded ? start(events) : first.handOver(events);
    },
    cancel: () => {
      waiting?.kill();
      waiting = undefined;
    },
  };
}

/** A process whose events wait until it is asked for. */
class WaitingProcess {
  readonly #link: HttpProcessLink;
  #waiting: ((events: HttpProcessEvents) => void)[] = [];
  #events: HttpProcessEvents | undefined;
  #hasEnded = false;

  constructor(start: StartHttpProcess) {
    this.#link = start({
      message: (message) => {
        // The next heartbeat is soon enough, and lightningd can take hours until it initialises plugins.
        if (this.#events === undefined && message.type === 'heartbeat') return;
        this.#emit((events) => events.message(message));
      },
      drained: () => this.#emit((events) => events.drained()),
      ended: (reason) => {
        this.#hasEnded = true;
        this.#emit((events) => events.ended(reason));
      },
    });
  }

  /** Whether the process has ended. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  handOver(events: HttpProcessEvents): HttpProcessLink {
    // No event may come before the link.
    queueMicrotask(() => {
      this.#events = events;
      for (const emit of this.#waiting) emit(events);
      this.#waiting = [];
    });
    return this.#link;
  }

  kill(): void {
    this.#link.kill();
  }

  #emit(emit: (events: HttpProcessEvents) => void): void {
    if (this.#events === undefined) this.#waiting.push(emit);
    else emit(this.#events);
  }
}
