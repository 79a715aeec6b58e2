import type { Duplex } from 'node:stream';
import { Refusal } from '../refusals.ts';
import type { Release } from './acquire-permit.ts';
import type { DisconnectSignals } from './disconnect-signals.ts';

/** A running command. */
interface Running {
  readonly connection: Duplex;
  /** In milliseconds, on the clock of `performance.now()`. */
  readonly startedAt: number;
}

/**
 * The running commands whose runes the gateway checked itself. If the node does not reply to the report of a use, it does not
 * run the command either: the caller gets an error instead of waiting without end.
 */
export class RunningCommands {
  readonly #disconnects: DisconnectSignals;
  /** By the unique id of the rune. */
  readonly #running = new Map<bigint, Set<Running>>();

  constructor(disconnects: DisconnectSignals) {
    this.#disconnects = disconnects;
  }

  add(id: bigint, connection: Duplex): Release {
    let running = this.#running.get(id);
    if (running === undefined) {
      running = new Set();
      this.#running.set(id, running);
    }
    const own = running;
    const command = { connection, startedAt: performance.now() };
    own.add(command);
    return () => {
      own.delete(command);
      if (own.size === 0 && this.#running.get(id) === own) this.#running.delete(id);
    };
  }

  /** Aborts the commands of a unique id that started since a time. */
  abortSince(id: bigint, time: number): void {
    for (const { connection, startedAt } of this.#running.get(id) ?? []) {
      if (startedAt >= time) this.#disconnects.abort(connection, silent());
    }
  }
}

/** The signal of the connection stays aborted, so that the connection must close. */
function silent(): Refusal {
  const detail = 'whether the command ran is unknown';
  return Refusal.of('node_silent', { detail, headers: { Connection: 'close' } });
}
