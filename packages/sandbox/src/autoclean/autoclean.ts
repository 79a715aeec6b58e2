import { secondsOf, seconds, type Clock } from '../clock.ts';
import type { Datastore } from '../datastore/datastore.ts';
import type { Invoices } from '../invoices/invoices.ts';
import type { Logger } from '../log/log-book.ts';
import type { OptionRegistry } from '../options/registry.ts';
import type { World } from '../world/world.ts';
import { CLEANED, type Cleaned } from './cleaned.ts';

/** How many records were removed, and how many are not old enough. */
interface CleanResult {
  readonly cleaned: bigint;
  readonly uncleaned: bigint;
}

/** A record that can be removed. */
interface OldRecord {
  /** Seconds since 1970. */
  readonly time: bigint;
  readonly remove: () => void;
}

/** The limit of `setTimeout`. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface Parts {
  readonly options: OptionRegistry;
  readonly clock: Clock;
  readonly log: Logger;
  readonly datastore: Datastore;
  readonly invoices: Invoices;
  readonly world: World;
}

/** Removes old records on request, and regularly those whose age an option `autoclean-…-age` limits. */
export class Autoclean {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Starts the timer, or starts it again after `autoclean-cycle` has changed. */
  schedule(): void {
    clearTimeout(this.#timer);
    const cycle = Number(this.#parts.options.value('autoclean-cycle') ?? '3600');
    this.#timer = setTimeout(
      () => {
        this.#cleanAll();
        this.schedule();
      },
      Math.min(cycle * 1000, MAX_TIMER_MS),
    );
    this.#timer.unref();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** The age in seconds at which records are removed; undefined if they are kept. */
  age(what: Cleaned): bigint | undefined {
    const age = BigInt(this.#parts.options.value(`autoclean-${what}-age`) ?? '0');
    return age === 0n ? undefined : age;
  }

  /** The number of records that were removed so far. lightningd stores it in the datastore, too. */
  total(what: Cleaned): bigint {
    const text = this.#parts.datastore.get(keyOf(what))?.data.toString() ?? '';
    return /^[0-9]{1,19}$/.test(text) ? BigInt(text) : 0n;
  }

  /** Removes the records that are at least this old, in seconds. */
  clean(what: Cleaned, age: bigint): CleanResult {
    const { world, clock, log, datastore } = this.#parts;
    const { database } = world.context;
    const limit = seconds(clock) - age;
    const result = world.notifier.deferDuring(() =>
      database.transaction(() => {
        const old: OldRecord[] = [];
        let uncleaned = 0n;
        for (const record of this.#records(what)) {
          if (record.time > limit) uncleaned++;
          else old.push(record);
        }
        for (const { remove } of old) remove();
        const cleaned = BigInt(old.length);
        if (cleaned > 0n) {
          const data = Buffer.from(String(this.total(what) + cleaned));
          const key = keyOf(what);
          if (datastore.get(key) === undefined) datastore.create(key, data);
          else datastore.update(key, data);
        }
        return { cleaned, uncleaned };
      }),
    );
    if (result.cleaned > 0n) log.log('debug', `cleaned ${result.cleaned} from ${what}`);
    return result;
  }

  #cleanAll(): void {
    for (const what of CLEANED) {
      const age = this.age(what);
      if (age !== undefined) this.clean(what, age);
    }
  }

  #records(what: Cleaned): Iterable<OldRecord> {
    switch (what) {
      case 'succeededforwards':
        return this.#forwards(['settled']);
      case 'failedforwards':
        return this.#forwards(['failed', 'local_failed']);
      case 'succeededpays':
        return this.#payments('complete');
      case 'failedpays':
        return this.#payments('failed');
      case 'paidinvoices':
        return this.#invoices('paid');
      case 'expiredinvoices':
        return this.#invoices('expired');
      case 'networkevents':
        return this.#networkEvents();
    }
  }

  *#forwards(statuses: readonly string[]): Generator<OldRecord> {
    const { forwards } = this.#parts.world;
    for (const forward of forwards.list(0n)) {
      const { status, inChannel, inHtlc, receivedAt, resolvedAt } = forward;
      if (!statuses.includes(status)) continue;
      const time = secondsOf(status === 'settled' ? (resolvedAt ?? receivedAt) : receivedAt);
      yield { time, remove: () => void forwards.remove(inChannel, inHtlc, status) };
    }
  }

  *#payments(status: string): Generator<OldRecord> {
    const { paymentStore } = this.#parts.world;
    for (const payment of paymentStore.attempts({})) {
      if (payment.status !== status) continue;
      yield { time: secondsOf(payment.createdAt), remove: () => paymentStore.remove(payment) };
    }
  }

  *#networkEvents(): Generator<OldRecord> {
    const { networkEvents } = this.#parts.world;
    for (const { timestamp: time, index } of networkEvents.list({ start: 0n })) {
      yield { time, remove: () => void networkEvents.remove(index) };
    }
  }

  *#invoices(status: 'paid' | 'expired'): Generator<OldRecord> {
    const { invoices } = this.#parts;
    for (const invoice of invoices.list('created', 0n, undefined)) {
      if (invoice.status !== status) continue;
      const time = invoice.payment?.paidAt ?? invoice.expiresAt;
      yield { time, remove: () => invoices.remove(invoice) };
    }
  }
}

function keyOf(what: Cleaned): string[] {
  return ['autoclean', what, 'num'];
}
