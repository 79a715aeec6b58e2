import { fetchRuneBlacklist, type RuneBlacklist } from '../node/rune-blacklist.ts';
import type { RpcPipeline } from '@clnrest/lightningd';
import type { RevocationRange } from './revocation.ts';

/** The entry of an id in the blacklist. `unknown`: only the node can decide. */
export type BlacklistEntry = 'listed' | 'not listed' | 'unknown';

/** Until then, the node decides about ids of a change that the list does not show: another plugin can delay the change. */
const DELAYED_MS = 60_000;
/** The delay before the list is read again after a failure. */
const RETRY_MS = 1_000;
/** More announced changes are as one of all ids. */
const MAX_CHANGES = 1_000;

/** A change that a command was about to make. */
interface Change {
  readonly range: RevocationRange;
  /** The time at which the node continued with the command. */
  passed: number | undefined;
  /** A read that began after that time has returned. */
  isRead: boolean;
}

/**
 * The node's blacklist, kept up to date by its hook: lightningd announces each change before it makes it. From the
 * announcement until the list has been read again, only the node knows whether an id of the change is listed.
 */
export class Blacklist {
  readonly #node: Pick<RpcPipeline, 'callText'>;
  readonly #now: () => number;
  #list: RuneBlacklist | undefined;
  #changes: Change[] = [];
  #reading = false;
  #isOutdated = false;
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** Counts the times that the list was discarded. */
  #epoch = 0;

  constructor(node: Pick<RpcPipeline, 'callText'>, now: () => number = () => performance.now()) {
    this.#node = node;
    this.#now = now;
  }

  entryOf(id: bigint): BlacklistEntry {
    const list = this.#list;
    if (list === undefined) return 'unknown';
    if (this.#changes.length > 0 && this.#isChanging(id)) return 'unknown';
    return list.includes(id) ? 'listed' : 'not listed';
  }

  /** Whether the list can be as the node says, by now. */
  agrees(id: bigint, isListed: boolean): boolean {
    const entry = this.entryOf(id);
    return entry === 'unknown' || (entry === 'listed') === isListed;
  }

  /** Notes that a command is about to change entries. */
  announce(range: RevocationRange): void {
    this.#changes.push({ range, passed: undefined, isRead: false });
    if (this.#changes.length > MAX_CHANGES) this.#merge();
  }

  /** Notes that the node continues with all announced commands, and reads the list. */
  passed(): void {
    for (const change of this.#changes) change.passed ??= this.#now();
    this.read();
  }

  /** Discards the list and reads it again. Announced changes stay. */
  reset(): void {
    this.#epoch++;
    this.#list = undefined;
    this.read();
  }

  /** Reads the list. The hook of this read returns after that of earlier commands, so lightningd runs it after them. */
  read(): void {
    this.#isOutdated = true;
    if (!this.#reading && !this.#isClosed) void this.#read();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#retry);
  }

  async #read(): Promise<void> {
    this.#reading = true;
    clearTimeout(this.#retry);
    while (this.#isOutdated && !this.#isClosed) {
      this.#isOutdated = false;
      const answered = this.#changes.filter(({ passed }) => passed !== undefined);
      const epoch = this.#epoch;
      try {
        const list = await fetchRuneBlacklist(this.#node);
        if (epoch === this.#epoch) this.#apply(list, answered);
      } catch {
        // The node decides about all runes until the list can be read.
        this.#list = undefined;
        this.#retry = setTimeout(() => this.read(), RETRY_MS);
        this.#retry.unref();
      }
    }
    this.#reading = false;
  }

  /** @param answered - the changes that the node had continued with before the read began */
  #apply(list: RuneBlacklist, answered: readonly Change[]): void {
    this.#list = list;
    for (const change of answered) change.isRead = true;
    // Another change of the same ids can show in the list, too: only the result of this one ends the doubt.
    const shown = new Set(answered.filter(({ range }) => isShown(list, range)));
    this.#changes = this.#changes.filter((change) => !shown.has(change));
  }

  #isChanging(id: bigint): boolean {
    this.#changes = this.#changes.filter(
      ({ passed, isRead }) => !isRead || passed === undefined || this.#now() < passed + DELAYED_MS,
    );
    return this.#changes.some(({ range }) => id >= range.start && id <= range.end);
  }

  #merge(): void {
    const start = Math.min(...this.#changes.map(({ range }) => range.start));
    const end = Math.max(...this.#changes.map(({ range }) => range.end));
    this.#changes = [{ range: { start, end }, passed: undefined, isRead: false }];
  }
}

/** Whether the list is as it will be after the change. */
function isShown(list: RuneBlacklist, range: RevocationRange): boolean {
  const listed = list.within(range);
  if (range.relist === undefined) return false;
  return listed === (range.relist ? '' : `${range.start}-${range.end}`);
}
