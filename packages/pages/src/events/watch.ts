import type { Missed, Notification } from '@clnrest/client';
import { copy } from '../copy.ts';
import { part, setText } from '../dom.ts';
import { visible } from '../visible.ts';
import type { Filter } from './filter.ts';
import type { Kept } from './kept.ts';
import { ListView } from './list-view.ts';
import type { Announce } from './row.ts';
import { Shown } from './shown.ts';
import { isUnderWay, type State } from './state.ts';
import { TopicChoice } from './topic-choice.ts';

/** How many stand in the page at first, and come with each asking for older ones. */
const STEP = 200;

/** What is to be done in the next frame, from the least to the most. */
const WORK = ['nothing', 'new ones', 'list', 'afresh'] as const;
type Work = (typeof WORK)[number];

/** What was heard, and all that can be done with it. The page changes once a frame, however much comes. */
export class Watch {
  readonly #kept: Kept;
  readonly #announce: Announce;
  readonly #list = part('events', HTMLElement);
  readonly #actions = part('actions', HTMLElement);
  readonly #pause = part('pause', HTMLButtonElement);
  readonly #counts = part('counts', HTMLElement);
  readonly #empty = part('empty', HTMLElement);
  readonly #more = part('more', HTMLButtonElement);
  readonly #words = part('words', HTMLInputElement);
  readonly #shown: Shown;
  readonly #view: ListView;
  readonly #topics: TopicChoice;
  /** Where it was paused: what has this number or a later one waits. */
  #pausedAt: number | undefined;
  #limit = STEP;
  #isUnderWay = false;
  #due: Work = 'nothing';

  constructor(kept: Kept, announce: Announce, leave: () => void) {
    this.#kept = kept;
    this.#announce = announce;
    this.#shown = new Shown(kept);
    this.#view = new ListView(this.#list, announce);
    const names = part('known-topics', HTMLElement);
    const again = () => this.#reconsider();
    this.#topics = new TopicChoice(part('topics', HTMLElement), names, again);
    this.#words.addEventListener('input', again);
    this.#pause.addEventListener('click', () => this.#pauseOrResume());
    this.#more.addEventListener('click', () => this.#showOlder());
    part('clear', HTMLElement).addEventListener('click', () => this.#clear());
    part('close', HTMLElement).addEventListener('click', leave);
    part('copy-all', HTMLElement).addEventListener('click', () => void this.#copyAll());
  }

  hear(told: Notification | Missed): void {
    const at = Date.now();
    if (told.type === 'missed') {
      this.#kept.add({ kind: 'missed', at, topic: '', text: told.message });
      this.#announce(visible(told.message));
    } else {
      this.#kept.add({ kind: 'told', at, topic: told.topic, text: told.text });
    }
    this.#schedule('new ones');
  }

  follow(state: State): void {
    this.#isUnderWay = isUnderWay(state);
    part('close', HTMLElement).hidden = !this.#isUnderWay;
    this.#offerActions();
    this.#schedule('new ones');
  }

  #schedule(work: Work): void {
    if (this.#due === 'nothing') requestAnimationFrame(() => this.#draw());
    if (WORK.indexOf(work) > WORK.indexOf(this.#due)) this.#due = work;
  }

  #draw(): void {
    const due = this.#due;
    this.#due = 'nothing';
    const isStill = this.#pausedAt !== undefined && due === 'new ones';
    if (!isStill) {
      if (due === 'new ones') this.#shown.advance(this.#filter(), this.#limit);
      else this.#shown.choose(this.#filter(), this.#limit, this.#pausedAt);
      this.#view.show(this.#shown.entries, due === 'afresh' ? 'none' : 'unfolded');
      this.#more.hidden = !this.#shown.isMore;
    }
    this.#topics.offer(this.#kept.topics);
    this.#offerActions();
    setText(this.#counts, this.#countsInWords());
    const hasSome = this.#kept.size > 0;
    this.#empty.hidden = this.#view.size > 0 || (!hasSome && !this.#isUnderWay);
    setText(this.#empty, hasSome ? NONE_LIKE_THAT : NOTHING_YET);
  }

  #filter(): Filter {
    return { topics: this.#topics.chosen, words: this.#words.value.trim() };
  }

  #offerActions(): void {
    const hasSome = this.#kept.size > 0;
    this.#actions.hidden = !hasSome && !this.#isUnderWay;
    part('filter', HTMLElement).hidden = this.#actions.hidden;
  }

  #countsInWords(): string {
    const { received, size, next } = this.#kept;
    if (received === 0) return '';
    const parts = [`${received.toLocaleString()} received`];
    if (received > size) parts.push(`the last ${size.toLocaleString()} kept`);
    if (this.#pausedAt !== undefined) {
      parts.push(`${(next - this.#pausedAt).toLocaleString()} waiting`);
    }
    return parts.join(', ');
  }

  #reconsider(): void {
    this.#limit = STEP;
    this.#schedule('afresh');
  }

  #pauseOrResume(): void {
    if (this.#pausedAt === undefined) {
      this.#pausedAt = this.#kept.next;
      this.#announce('Paused: what comes waits.');
    } else {
      this.#announce(`${this.#kept.next - this.#pausedAt} that waited are shown.`);
      this.#pausedAt = undefined;
    }
    setText(this.#pause, this.#pausedAt === undefined ? 'Pause' : 'Resume');
    this.#schedule('list');
  }

  #showOlder(): void {
    this.#limit += STEP;
    this.#schedule('list');
  }

  #clear(): void {
    this.#kept.clear();
    if (this.#pausedAt !== undefined) this.#pausedAt = this.#kept.next;
    this.#announce('Cleared.');
    this.#reconsider();
  }

  /** As a list in JSON, oldest first: those that the filter lets through. */
  async #copyAll(): Promise<void> {
    const all = new Shown(this.#kept);
    all.choose(this.#filter(), Infinity, this.#pausedAt);
    const told = all.entries.filter(({ kind }) => kind === 'told').toReversed();
    const text = `[${told.map((entry) => entry.text).join(',\n')}]\n`;
    const isCopied = await copy(text, this.#list);
    this.#announce(isCopied ? `${told.length} copied.` : 'Selected: copy it with your keyboard.');
  }
}

const NOTHING_YET = 'Nothing yet. Make an invoice, and it stands here.';
const NONE_LIKE_THAT = 'None of those that are kept is like that.';
