import type { RpcPipeline } from '@clnrest/lightningd';
import { BLACKLISTED } from '@clnrest/runes';
import { Refusal } from '../refusals.ts';
import { checkRuneWithNode } from '../node/checkrune.ts';
import type { ParsedRune } from '../node/parsed-rune.ts';
import type { CheckedCall } from '../node/checked-call.ts';
import type { Mismatch } from './mismatch.ts';

/** The longest delay of a report. */
const DELAY_MS = 250;
/** Characters of parameters that wait. Further reports are sent at once. */
const MAX_WAITING_CHARACTERS = 4 * 1024 * 1024;
/** A node that takes longer to reply is busy or silent. */
const LATE_MS = 500;
/** Unique ids whose reports wait. */
const MAX_WAITING = 1_024;

/** Dependencies of {@link UseReports}. */
export interface ReportTools {
  readonly pipeline: Pick<RpcPipeline, 'callText'>;
  readonly timeoutMs: number;
  /** The refusal of the rune's restrictions, as of now. */
  readonly evaluate: (rune: ParsedRune, call: CheckedCall) => Refusal | 'ask the node' | undefined;
  /** Whether the id can be blacklisted, or not, by now. */
  readonly agrees: (id: bigint, isListed: boolean) => boolean;
  /** Called if the node does not reply to the report of uses since a time, on the clock of `performance.now()`. */
  readonly silent: (id: bigint, since: number) => void;
  /** Called if the node decides a call differently. */
  readonly mismatch: (mismatch: Mismatch) => void;
}

/** A verdict that the node has not seen. */
interface Report {
  readonly rune: ParsedRune;
  readonly call: CheckedCall;
  /** The refusal, or undefined for a use. */
  readonly refusal: Refusal | undefined;
  /** The time of the first use in the report. */
  readonly since: number;
}

/**
 * Reports uses of runes to the node, so that it knows when each was last used, and compares the node's verdicts. Uses of one
 * unique id within 250 ms are one report. Of refusals, one in 250 ms is compared.
 */
export class UseReports {
  readonly #tools: ReportTools;
  /** The latest use of each unique id. */
  readonly #uses = new Map<bigint, Report>();
  #refusal: Report | undefined;
  #characters = 0;
  #timer: NodeJS.Timeout | undefined;
  /** The reports without a reply, and when they were sent, the oldest first. */
  readonly #sent = new Map<Promise<void>, number>();
  #isSilent = false;

  constructor(tools: ReportTools) {
    this.#tools = tools;
  }

  addUse(rune: ParsedRune, call: CheckedCall): void {
    const { id } = rune;
    const before = this.#uses.get(id);
    this.#characters += call.params.length - (before?.call.params.length ?? 0);
    const since = before?.since ?? performance.now();
    this.#uses.set(id, { rune, call, refusal: undefined, since });
    if (this.#characters > MAX_WAITING_CHARACTERS || this.#uses.size > MAX_WAITING) this.#sendAll();
    else this.#timer ??= setTimeout(this.#sendAll, DELAY_MS);
  }

  addRefusal(rune: ParsedRune, call: CheckedCall, refusal: Refusal): void {
    const isComparable = refusal.kind === 'rune_refused';
    if (this.#refusal !== undefined || !isComparable) return;
    if (call.params.length > MAX_WAITING_CHARACTERS) return;
    this.#refusal = { rune, call, refusal, since: performance.now() };
    this.#timer ??= setTimeout(this.#sendAll, DELAY_MS);
  }

  /** Sends the waiting report of a unique id. */
  send(id: bigint): void {
    const report = this.#uses.get(id);
    if (report === undefined) return;
    this.#uses.delete(id);
    this.#characters -= report.call.params.length;
    this.#send(report);
  }

  /** Whether the node has not replied to a report for a while, nor to a check since then. */
  get isLate(): boolean {
    if (this.#isSilent) return true;
    for (const sentAt of this.#sent.values()) return performance.now() - sentAt > LATE_MS;
    return false;
  }

  /** Notes that the node has replied to a check. */
  nodeReplied(): void {
    this.#isSilent = false;
  }

  /** Sends all reports. Resolves when the node has replied to all. */
  async flush(): Promise<void> {
    this.#sendAll();
    await Promise.all(this.#sent.keys());
  }

  readonly #sendAll = (): void => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const reports = [...this.#uses.values()];
    this.#uses.clear();
    this.#characters = 0;
    if (this.#refusal !== undefined) reports.push(this.#refusal);
    this.#refusal = undefined;
    for (const report of reports) this.#send(report);
  };

  #send(report: Report): void {
    const sent = this.#compare(report)
      .catch((error: unknown) => {
        // The node does not get the report again, because it may have it.
        const isSilent = error instanceof Refusal && error.kind === 'node_silent';
        if (!isSilent) return;
        this.#isSilent = true;
        this.#tools.silent(report.rune.id, report.since);
      })
      .finally(() => this.#sent.delete(sent));
    this.#sent.set(sent, performance.now());
  }

  async #compare({ rune, call, refusal }: Report): Promise<void> {
    const { pipeline, timeoutMs, evaluate, agrees, mismatch } = this.#tools;
    const byNode = await checkRuneWithNode(pipeline, rune.text, call, timeoutMs);
    this.nodeReplied();
    if (isEqual(byNode, refusal)) return;
    // The time can have passed that a restriction allows, or a command can have changed the blacklist.
    const now = evaluate(rune, call);
    if (now === 'ask the node' || isEqual(byNode, now)) return;
    const isListed = isBlacklisted(byNode);
    if (isListed !== isBlacklisted(refusal) && agrees(rune.id, isListed)) return;
    mismatch({ rune, call, local: refusal, byNode });
  }
}

function isBlacklisted(refusal: Refusal | undefined): boolean {
  return refusal?.code === BLACKLISTED;
}

function isEqual(one: Refusal | undefined, other: Refusal | undefined): boolean {
  return one?.code === other?.code && one?.message === other?.message;
}
