import { ClnrestClient, ClnrestError } from '@clnrest/client';
import { restrictionsInEnglish, type Rune } from '@clnrest/runes';
import { messageOf } from '../../foreign-rune.ts';
import { visible } from '../../visible.ts';
import type { Restrictions } from '../creating/preset-restrictions.ts';
import { type IdRange, lookUp, readBlacklist } from './blacklist.ts';
import { type NodeRune, readNodeRune, withEnglish, withRevoked } from './node-rune.ts';
import { type Powers, powersOf } from './powers.ts';

/** How the list of the node's runes is. Times are in milliseconds since 1970. */
export type ListState =
  | { readonly is: 'none' }
  | { readonly is: 'loading'; readonly count: number }
  | { readonly is: 'loaded'; readonly at: number }
  /** The list is the last one that was loaded, if any. */
  | { readonly is: 'failed'; readonly reason: string };

/** What the page knows of the node's runes. Immutable. */
export interface RunesState {
  /** The id of the rune that the operator uses; undefined if the page is not connected. */
  readonly session: { readonly ownId: bigint | undefined; readonly powers: Powers } | undefined;
  /** The page has sent the rune for the first time and has no reply yet. */
  readonly isConnecting: boolean;
  /** Why the node ended or refused the session. */
  readonly refusal: string | undefined;
  readonly list: ListState;
  readonly runes: readonly NodeRune[];
  /** The revoked ids; undefined until the node has reported them. */
  readonly blacklist: readonly IdRange[] | undefined;
}

const CLOSED: RunesState = {
  session: undefined,
  isConnecting: false,
  refusal: undefined,
  list: { is: 'none' },
  runes: [],
  blacklist: undefined,
};

/** Milliseconds after which a call fails. Creating and revoking are quick on any node. */
const TIMEOUT_MS = 30_000;

/** Errors after which the rune is useless. */
const ENDS = new Set<string>(['rune_missing', 'rune_not_authorized', 'rune_blacklisted']);

/** Items between updates of the number of loaded runes. */
const PROGRESS = 500;

/**
 * The node's runes, loaded and changed with the operator's rune. Holds that rune in memory only, as long as the session is
 * open. `changed` is called after each change of {@link NodeRunes.state}.
 */
export class NodeRunes {
  readonly #url: string;
  readonly #changed: () => void;
  readonly #announceChange: () => void;
  #state: RunesState = CLOSED;
  #client: ClnrestClient | undefined;
  #leaving = new AbortController();
  #loading: AbortController | undefined;

  /**
   * @param url of the page's server
   * @param announceChange called after this page has created or revoked runes
   */
  constructor(url: string, changed: () => void, announceChange: () => void) {
    this.#url = url;
    this.#changed = changed;
    this.#announceChange = announceChange;
  }

  get state(): RunesState {
    return this.#state;
  }

  /** Opens a session. Loads the list, if the rune may allow that. */
  async open(rune: Rune, now: bigint): Promise<void> {
    this.#end();
    this.#client = new ClnrestClient({ url: this.#url, rune: rune.toBase64() });
    const session = { ownId: idOf(rune), powers: powersOf(rune, now) };
    this.#set({ ...CLOSED, isConnecting: true });
    const signal = this.#leaving.signal;
    const outcome = await this.#load();
    if (signal.aborted || outcome === 'ended') return;
    const { createrune, blacklistrune } = session.powers;
    const isUseless = createrune !== undefined && blacklistrune !== undefined;
    // A rune that may not list can still create or revoke. Without a reply from the node, nothing works.
    if (outcome === 'failed' || (outcome === 'refused' && isUseless)) {
      const { list } = this.#state;
      this.close(list.is === 'failed' ? list.reason : undefined);
      return;
    }
    this.#set({ session, isConnecting: false });
  }

  /** Forgets the operator's rune and everything that it showed. */
  close(refusal?: string): void {
    this.#end();
    this.#set({ ...CLOSED, refusal });
  }

  /** Loads the list again. The list before stays until the new one is complete. */
  async reload(): Promise<void> {
    if (this.#client !== undefined) await this.#load();
  }

  /** Creates a rune and adds it to the list, if there is one. Rejects with the node's message. */
  async create(restrictions: Restrictions): Promise<NodeRune> {
    const params = { restrictions };
    const rune = await this.#call('createrune', params, readCreated);
    const { list, runes } = this.#state;
    if (list.is === 'loaded' || runes.length > 0) this.#set({ runes: [...runes, rune] });
    this.#announceChange();
    return rune;
  }

  /** Revokes or restores ids. Rejects with the node's message. Ends the session if the operator's own rune is revoked. */
  async setRevoked({ start, end }: IdRange, isRevoked: boolean): Promise<void> {
    const relist = isRevoked ? {} : { relist: true };
    const blacklist = await this.#call('blacklistrune', { start, end, ...relist }, readBlacklist);
    this.#announceChange();
    const ownId = this.#state.session?.ownId;
    if (isRevoked && ownId !== undefined && lookUp(blacklist)(ownId)) {
      this.close('You have revoked the rune that this page used. Enter another one.');
      return;
    }
    this.#setBlacklist(blacklist);
  }

  /** Loads the revoked ids. Rejects with the node's message. */
  async loadBlacklist(): Promise<void> {
    this.#setBlacklist(await this.#call('blacklistrune', {}, readBlacklist));
  }

  #setBlacklist(blacklist: readonly IdRange[]): void {
    const isRevoked = lookUp(blacklist);
    const runes = this.#state.runes.map((rune) => withRevoked(rune, isRevoked(rune.id)));
    this.#set({ blacklist, runes });
  }

  async #load(): Promise<'loaded' | 'refused' | 'failed' | 'ended'> {
    const client = this.#client;
    if (client === undefined) return 'ended';
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    const signal = AbortSignal.any([loading.signal, this.#leaving.signal]);
    this.#set({ list: { is: 'loading', count: 0 } });
    try {
      const runes = await this.#read(client, signal);
      if (signal.aborted) return 'ended';
      this.#set({ runes, list: { is: 'loaded', at: Date.now() } });
      return 'loaded';
    } catch (error) {
      if (signal.aborted) return 'ended';
      if (this.#endsWith(error)) return 'ended';
      this.#set({ list: { is: 'failed', reason: reasonOf(error) } });
      return error instanceof ClnrestError && error.code === 'rune_not_permitted'
        ? 'refused'
        : 'failed';
    }
  }

  /** Reads the list as it arrives. Unchanged runes stay the same objects, so that their rows stay. */
  async #read(client: ClnrestClient, signal: AbortSignal): Promise<readonly NodeRune[]> {
    const known = new Map(this.#state.runes.map((rune) => [rune.version, rune]));
    const runes: NodeRune[] = [];
    const items: AsyncIterable<unknown> = client.items(
      'showrunes',
      'runes',
      {},
      {
        signal,
        timeoutMs: TIMEOUT_MS,
      },
    );
    for await (const item of items) {
      const rune = readNodeRune(item);
      if (rune === undefined) continue;
      runes.push(known.get(rune.version) ?? rune);
      if (runes.length % PROGRESS === 0) {
        this.#set({ list: { is: 'loading', count: runes.length } });
        await nextTask();
      }
    }
    return runes;
  }

  async #call<T>(
    method: 'createrune' | 'blacklistrune',
    params: Readonly<Record<string, unknown>>,
    read: (result: unknown) => T,
  ): Promise<T> {
    const client = this.#client;
    if (client === undefined) throw new Error('Not connected.');
    const options = { timeoutMs: TIMEOUT_MS, signal: this.#leaving.signal };
    try {
      return read(await client.call<unknown>(method, params, options));
    } catch (error) {
      this.#endsWith(error);
      throw new Error(reasonOf(error), { cause: error });
    }
  }

  /** Closes the session if the error means that the rune is useless. */
  #endsWith(error: unknown): boolean {
    const isEnd = error instanceof ClnrestError && ENDS.has(error.code);
    if (isEnd) this.close(reasonOf(error));
    return isEnd;
  }

  #end(): void {
    this.#leaving.abort();
    this.#leaving = new AbortController();
    this.#client?.close();
    this.#client = undefined;
  }

  #set(change: Partial<RunesState>): void {
    this.#state = { ...this.#state, ...change };
    this.#changed();
  }
}

/** The gateway has accepted the rune if a session is open, so the id is a number. */
function idOf({ uniqueId }: Rune): bigint | undefined {
  return uniqueId !== undefined && /^[0-9]{1,20}$/.test(uniqueId) ? BigInt(uniqueId) : undefined;
}

/** Lets the browser respond to input. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}

function readCreated(result: unknown): NodeRune {
  const rune = readNodeRune(result);
  if (rune?.rune === undefined)
    throw new Error('The node returned no rune that this page can read.');
  return withEnglish(rune, restrictionsInEnglish(rune.rune.restrictions));
}

/** Returns the node's words, and whether a change may have been made nevertheless. */
function reasonOf(error: unknown): string {
  const words = visible(messageOf(error));
  if (!(error instanceof ClnrestError) || error.code === 'command_failed' || !error.mayHaveRun)
    return words;
  return `${words}. The node may have run the command: load the list again.`;
}
