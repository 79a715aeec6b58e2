import { RpcError, type RpcPipeline } from '@clnrest/lightningd';
import { BLACKLISTED, type InvoiceReader, NOT_AUTHORIZED, staticVerdict } from '@clnrest/runes';
import type { Log } from '../http/refusal-log.ts';
import { Refusal } from '../refusals.ts';
import { type RuneStatus, unauthorized } from '../node/early-rune-check.ts';
import type { ParsedRune } from '../node/parsed-rune.ts';
import type { CheckedCall } from '../node/checked-call.ts';
import { fetchRuneSecret, type RuneSecret } from '../node/rune-secret.ts';
import type { RuneVerifier } from '../node/rune-verifier.ts';
import { loadedInvoiceReader } from '../node/invoice-reader.ts';
import { isTooCostly, notPermitted, restrictsInvoices } from '../node/static-refusal.ts';
import { Blacklist } from './blacklist.ts';
import { CountedIds } from './counted-ids.ts';
import { type Lease, monotonicMs } from './lease.ts';
import type { RevocationRange } from './revocation.ts';
import { traitsOf } from './rune-traits.ts';
import { UseReports } from './use-reports.ts';
import { mismatchLine } from './mismatch.ts';

/** `allowed`, the refusal in lightningd's words, or that only the node can decide. */
export type LocalVerdict = 'allowed' | 'ask the node' | Refusal;

/** Dependencies of a {@link LocalJudge}. */
export interface JudgeTools {
  /** The shared connection, which also carries the node's own checks. */
  readonly pipeline: Pick<RpcPipeline, 'callText'>;
  readonly verifier: RuneVerifier;
  readonly log: Log;
  /** The time for the node to reply. */
  readonly timeoutMs: number;
  /** Called if the node does not reply to the report of a use. */
  readonly silent: (id: bigint, since: number) => void;
  /** Called if a verdict differs from the node's. */
  readonly mismatched?: (() => void) | undefined;
  /** Whether the judge decides only while it has a lease, because it runs outside the node. */
  readonly isLeased?: boolean;
  /** Changes of the blacklist that may not have taken effect. */
  readonly revocations: readonly RevocationRange[];
}

/** The delay before the secret is requested again if the node did not respond. */
const RETRY_MS = 1_000;
/** So close to the end of a second, the node can see another time than the gateway. */
const SECOND_EDGE_MS = 50;

/**
 * Checks runes without the node: the node's `checkrune` writes to its database, and the caller would wait for the disk.
 * Decides only what depends on nothing but the rune and the call. The blacklist is current, because lightningd announces
 * changes.
 *
 * The node learns of each use afterwards, by a check that also verifies the verdict. If the two differ, the node decides
 * everything until the gateway is started again.
 */
export class LocalJudge {
  readonly #tools: JudgeTools;
  readonly #blacklist: Blacklist;
  readonly #reports: UseReports;
  readonly #counted = new CountedIds();
  #secret: RuneSecret | undefined;
  #retry: NodeJS.Timeout | undefined;
  #isOff = false;
  #lease: Lease | undefined;

  constructor(tools: JudgeTools) {
    this.#tools = tools;
    this.#blacklist = new Blacklist(tools.pipeline);
    this.#reports = new UseReports({
      ...tools,
      evaluate: (rune, call) => this.#restrictionRefusal(rune, call),
      agrees: (id, isListed) => this.#blacklist.agrees(id, isListed),
      mismatch: (mismatch) => {
        this.close();
        tools.mismatched?.();
        tools.log('broken', mismatchLine(mismatch));
      },
    });
    for (const range of tools.revocations) this.#blacklist.announce(range);
    this.#blacklist.passed();
    void this.#fetchSecret();
  }

  /** Whether the rune is genuine and not blacklisted, if that is known without the node. */
  status(rune: ParsedRune): RuneStatus {
    const secret = this.#secret;
    if (this.#isOff || secret === undefined || !this.#tools.verifier.canVerify(rune)) {
      return 'unknown';
    }
    if (!this.#isFresh()) return 'unknown';
    const entry = this.#blacklist.entryOf(rune.id);
    if (entry === 'unknown') return 'unknown';
    // lightningd checks the blacklist before the secret.
    if (entry === 'listed') return unauthorized(BLACKLISTED, 'Blacklisted rune');
    const reason = this.#tools.verifier.notDerivedReason(rune, secret);
    return reason === undefined ? 'genuine' : unauthorized(NOT_AUTHORIZED, reason);
  }

  /**
   * Decides a call, and reports the use to the node afterwards. A recheck is not a use: its reports would cost the node a
   * `checkrune` for each subscriber in each interval, however many gateways there are.
   */
  verdict(rune: ParsedRune, call: CheckedCall): LocalVerdict {
    const status = this.status(rune);
    // A node that does not reply would not run the command. If it is asked first, it is certain that nothing has run.
    if (status === 'unknown' || this.#reports.isLate) return 'ask the node';
    if (status !== 'genuine') {
      this.#reports.addRefusal(rune, call, status);
      return status;
    }
    const { needsNode, countsUses, dependsOnTime } = traitsOf(rune);
    if (countsUses) this.#counted.add(rune.id);
    if (needsNode || this.#counted.has(rune.id) || !isPlain(call)) return 'ask the node';
    if (dependsOnTime && isSecondEdge(Date.now())) return 'ask the node';
    const refusal = this.#restrictionRefusal(rune, call);
    if (refusal === 'ask the node') return refusal;
    if (refusal === undefined) {
      if (call.isRecheck !== true) this.#reports.addUse(rune, call);
      return 'allowed';
    }
    this.#reports.addRefusal(rune, call, refusal);
    return refusal;
  }

  /** Sends pending reports of a unique id. Call it before the node checks a rune with this id. */
  reportUses({ id }: ParsedRune): void {
    this.#reports.send(id);
  }

  /** Notes that the node has replied to a check. */
  nodeReplied(): void {
    this.#reports.nodeReplied();
  }

  /** Notes that a command is about to change the blacklist: the node decides about these ids until the list is read. */
  announce(range: RevocationRange): void {
    this.#blacklist.announce(range);
  }

  /** Notes that the node continues with the announced commands. */
  revocationsPassed(): void {
    this.#blacklist.passed();
  }

  /**
   * Notes a lease: until its end, every change of the blacklist is announced. With another generation, changes can have been
   * missed, so the judge asks for the secret and the list again.
   */
  renewLease(lease: Lease): void {
    const isKnown = lease.generation === this.#lease?.generation;
    this.#lease = lease;
    if (isKnown || this.#isOff) return;
    this.#secret = undefined;
    this.#blacklist.reset();
    clearTimeout(this.#retry);
    void this.#fetchSecret();
  }

  /** Leaves all decisions to the node. */
  close(): void {
    this.#isOff = true;
    this.#secret = undefined;
    clearTimeout(this.#retry);
    this.#blacklist.close();
  }

  /** Sends all pending reports. Resolves when the node has replied. */
  async flush(): Promise<void> {
    await this.#reports.flush();
  }

  #isFresh(): boolean {
    if (this.#tools.isLeased !== true) return true;
    return this.#lease !== undefined && monotonicMs() < this.#lease.until;
  }

  #restrictionRefusal(
    rune: ParsedRune,
    { method, params }: CheckedCall,
  ): Refusal | 'ask the node' | undefined {
    const { restrictions } = rune.rune;
    if (restrictions.length === 0) return undefined;
    if (isTooCostly(rune.rune, { params })) return Refusal.of('too_complex');
    const now = BigInt(Date.now()) * 1_000_000n;
    const readInvoice = restrictsInvoices(rune.rune) ? judgesInvoiceReader() : undefined;
    const verdict = staticVerdict(rune.rune, { now, method, params }, { readInvoice });
    if (verdict.kind === 'allowed') return undefined;
    return verdict.kind === 'uncertain' ? 'ask the node' : notPermitted(verdict.reason);
  }

  async #fetchSecret(): Promise<void> {
    const generation = this.#lease?.generation;
    try {
      const secret = await fetchRuneSecret(this.#tools.pipeline);
      if (!this.#isOff && generation === this.#lease?.generation) this.#secret = secret;
    } catch (error) {
      // The error is not logged, because it can quote the reply.
      if (error instanceof RpcError || this.#isOff) return;
      if (generation !== this.#lease?.generation) return;
      this.#retry = setTimeout(() => void this.#fetchSecret(), RETRY_MS);
      this.#retry.unref();
    }
  }
}

/** Whether lightningd sees the same texts: it neither unescapes a method nor accepts any text as a node id. */
function isPlain({ nodeid, method }: CheckedCall): boolean {
  return nodeid === undefined && /^[ !#-[\]-~]*$/.test(method);
}

function isSecondEdge(ms: number): boolean {
  const within = ms % 1_000;
  return within < SECOND_EDGE_MS || within >= 1_000 - SECOND_EDGE_MS;
}

/** The node words the refusal of an invoice that we cannot read. Until the reader is imported, the node reads all. */
function judgesInvoiceReader(): InvoiceReader | undefined {
  const readInvoice = loadedInvoiceReader();
  return (
    readInvoice &&
    ((text) => {
      const read = readInvoice(text);
      return 'problem' in read ? { ...read, isUnknownKind: true } : read;
    })
  );
}
