import type { Rune } from '@clnrest/runes';
import { element, part, setProblem, setText } from '../../dom.ts';
import { clock } from '../../events/moment.ts';
import { CreateView } from '../creating/create-view.ts';
import { readPasted } from '../explaining/pasted.ts';
import { type IdRange, rangeInWords } from './blacklist.ts';
import type { NodeRune } from './node-rune.ts';
import { NodeRunes, type RunesState } from './node-runes.ts';
import { BlacklistView } from './view/blacklist-view.ts';
import { cancelQuestion, confirm } from './view/confirm.ts';
import { HandOutView } from './view/hand-out-view.ts';
import { RuneListView } from './view/rune-list-view.ts';
import { concernsOn } from './view/rune-row.ts';
import { titleOf } from './view/rune-title.ts';

/** Milliseconds after which the list is loaded again when the operator returns to the page. */
const STALE_MS = 30_000;
/** Milliseconds between updates of times. */
const TICK_MS = 60_000;

/** Inserts the content of the tab with the node's runes, when it is opened first. */
export function startManaging(
  page: string,
  now: () => bigint,
  explain: (rune: string) => void,
): void {
  const template = part('manage-template', HTMLTemplateElement);
  part('manage-panel', HTMLElement).append(template.content);
  new ManageView(page, now, explain).start();
}

/** The tab with the node's runes. */
class ManageView {
  readonly #input = part('operator-rune', HTMLInputElement);
  readonly #status = part('manage-status', HTMLElement);
  readonly #now: () => bigint;
  readonly #runes: NodeRunes;
  readonly #list: RuneListView;
  readonly #blacklist: BlacklistView;
  readonly #create: CreateView;
  readonly #handOut: HandOutView;
  /** Other tabs of this browser. The messages have no content. */
  readonly #others = new BroadcastChannel('clnrest-runes');

  /**
   * @param page the URL of the page's server
   * @param explain opens a rune in the other tab of the page
   */
  constructor(page: string, now: () => bigint, explain: (rune: string) => void) {
    this.#now = now;
    this.#runes = new NodeRunes(
      page,
      () => this.#update(),
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel has one origin
      () => this.#others.postMessage('changed'),
    );
    this.#handOut = new HandOutView(page);
    const handOut = (rune: NodeRune): void => {
      this.#handOut.open(rune, concernsOn(rune, now()), now());
    };
    this.#list = new RuneListView(now, {
      handOut,
      explain: ({ text }) => explain(text),
      setRevoked: (rune, isRevoked) => void this.#changeRune(rune, isRevoked),
    });
    this.#blacklist = new BlacklistView(this.#runes, (range, isRevoked) =>
      this.#change(range, isRevoked, rangeInWords(range), () =>
        part('revoking-title', HTMLElement).focus(),
      ),
    );
    this.#create = new CreateView(this.#runes, now, handOut);
  }

  start(): void {
    this.#update();
    part('sign-in', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      this.#signIn();
    });
    part('list-reload', HTMLButtonElement).addEventListener(
      'click',
      () => void this.#runes.reload(),
    );
    part('sign-out', HTMLButtonElement).addEventListener('click', () => {
      this.#runes.close();
      this.#input.value = '';
      this.#input.focus();
    });
    this.#others.addEventListener('message', () => void this.#runes.reload());
    document.addEventListener('visibilitychange', () => {
      const { list } = this.#runes.state;
      const isStale = list.is === 'loaded' && Date.now() - list.at > STALE_MS;
      if (document.visibilityState === 'visible' && isStale) void this.#runes.reload();
    });
    setInterval(() => this.#list.refresh(), TICK_MS);
  }

  #signIn(): void {
    const pasted = readPasted(this.#input.value);
    const problem = part('sign-in-problem', HTMLElement);
    if (pasted.kind !== 'rune') {
      const words = pasted.kind === 'nothing' ? 'Enter a rune.' : pasted.words;
      setProblem(this.#input, problem, words);
      this.#input.focus();
      return;
    }
    setProblem(this.#input, problem, undefined);
    void this.#open(pasted.rune);
  }

  async #open(rune: Rune): Promise<void> {
    await this.#runes.open(rune, this.#now());
    if (this.#runes.state.session === undefined) return;
    // The node has accepted the rune. It stays in memory, but not in the page.
    this.#input.value = '';
    part('listing-title', HTMLElement).focus();
  }

  async #changeRune(rune: NodeRune, isRevoked: boolean): Promise<void> {
    await this.#change({ start: rune.id, end: rune.id }, isRevoked, titleOf(rune), () =>
      this.#list.focus(rune, 'change'),
    );
  }

  /**
   * Asks the operator, and revokes or restores ids.
   *
   * @param words the runes in a sentence
   * @param done moves the focus to the result
   */
  async #change(
    range: IdRange,
    isRevoked: boolean,
    words: string,
    done: () => void,
  ): Promise<void> {
    const verb = isRevoked ? 'Revoke' : 'Restore';
    const isConfirmed = await confirm({
      title: `${verb} ${words}?`,
      content: this.#consequences(range, isRevoked),
      confirm: verb,
      isDangerous: isRevoked,
    });
    if (!isConfirmed) return;
    const problem = part('list-problem', HTMLElement);
    problem.hidden = true;
    try {
      await this.#runes.setRevoked(range, isRevoked);
      if (this.#runes.state.session === undefined) return;
      this.#announce(`${isRevoked ? 'Revoked' : 'Restored'} ${words}.`);
      done();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      setText(problem, `${words} could not be ${isRevoked ? 'revoked' : 'restored'}. ${reason}`);
      problem.hidden = false;
      this.#announce(problem.textContent);
      problem.scrollIntoView({ block: 'nearest' });
    }
  }

  #consequences(range: IdRange, isRevoked: boolean): Node[] {
    const { session, runes } = this.#runes.state;
    const text = (words: string): Node => element('p', {}, words);
    const several = range.start !== range.end;
    if (!isRevoked) {
      return [
        text(
          'Anyone who still has such a rune can use it again. The node still refuses expired runes.',
        ),
        ...(several ? [text(`This restores ${range.end - range.start + 1n} ids.`)] : []),
      ];
    }
    const listed = runes.filter(({ id }) => id >= range.start && id <= range.end).length;
    const ownId = session?.ownId;
    const isOwn = ownId !== undefined && ownId >= range.start && ownId <= range.end;
    const own = element('p', { class: 'note', 'data-tone': 'fail' });
    own.append(
      element('strong', {}, 'Danger: '),
      'this page uses this rune, and disconnects. You can restore the rune only with another rune that allows blacklistrune.',
    );
    return [
      text(
        `The node refuses it from now on, and with it all runes that anyone has derived from it.${isOwn ? '' : ' You can restore it later.'}`,
      ),
      ...(several
        ? [
            text(
              `These are ${range.end - range.start + 1n} ids: ${listed} of them in the list. Ids that the node has not used yet are included.`,
            ),
          ]
        : []),
      ...(isOwn ? [own] : []),
    ];
  }

  #update(): void {
    const { state } = this.#runes;
    part('sign-in', HTMLFormElement).hidden = state.session !== undefined;
    part('session', HTMLElement).hidden = state.session === undefined;
    const button = part('sign-in-button', HTMLButtonElement);
    setText(button, state.isConnecting ? 'Loading …' : 'Show the runes');
    if (state.session === undefined) {
      this.#handOut.close();
      cancelQuestion();
    }
    this.#showRefusal(state);
    this.#showListState(state);
    this.#list.update(state);
    this.#blacklist.update(state);
    this.#create.update(state);
  }

  #showRefusal({ refusal, session, isConnecting }: RunesState): void {
    if (session !== undefined || isConnecting || refusal === undefined) return;
    const problem = part('sign-in-problem', HTMLElement);
    if (problem.textContent === refusal && !problem.hidden) return;
    setProblem(this.#input, problem, refusal);
    this.#input.focus();
  }

  #showListState({ session, list, runes }: RunesState): void {
    const dot = part('list-dot', HTMLElement);
    const [tone, words] = describeList(list, runes.length);
    dot.dataset['tone'] = tone;
    dot.classList.toggle('busy', list.is === 'loading');
    const own = session?.ownId === undefined ? '' : `Connected with rune ${session.ownId}. `;
    setText(part('list-state', HTMLElement), own + words);
  }

  #announce(words: string): void {
    this.#status.textContent = '';
    requestAnimationFrame(() => {
      this.#status.textContent = words;
    });
  }
}

function describeList(list: RunesState['list'], count: number): [tone: string, words: string] {
  switch (list.is) {
    case 'none':
      return ['idle', ''];
    case 'loading':
      return ['info', list.count === 0 ? 'Loading …' : `Loading … ${list.count} runes`];
    case 'loaded':
      return ['pass', `The list is from ${clock(list.at)}.`];
    case 'failed': {
      const rest = count === 0 ? '' : ' The list below is the last one.';
      return ['fail', `No list: ${list.reason}.${rest}`];
    }
  }
}
