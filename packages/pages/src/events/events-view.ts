import type { Missed, NotificationEvent } from '@clnrest/client';
import { copy } from '../copy.ts';
import { part, setText } from '../dom.ts';
import { visible } from '../visible.ts';
import type { Filter } from './filter.ts';
import type { Kept } from './kept.ts';
import { ListView } from './list-view.ts';
import type { Announce } from './row.ts';
import { VisibleEntries } from './visible-entries.ts';
import { isActive, type State } from './state.ts';
import { TopicChoice } from './topic-choice.ts';

/** The initial number of shown entries, and the number added by "Show older events". */
const STEP = 200;

/** The work for the next frame, in ascending order of effort. */
const WORK = ['nothing', 'new entries', 'list', 'rebuild'] as const;
type Work = (typeof WORK)[number];

/** The list of events with its controls. The page changes at most once a frame. */
export class EventsView {
  readonly #kept: Kept;
  readonly #announce: Announce;
  readonly #list = part('events', HTMLElement);
  readonly #actions = part('actions', HTMLElement);
  readonly #pause = part('pause', HTMLButtonElement);
  readonly #counts = part('counts', HTMLElement);
  readonly #empty = part('empty', HTMLElement);
  readonly #more = part('more', HTMLButtonElement);
  readonly #words = part('words', HTMLInputElement);
  readonly #shown: VisibleEntries;
  readonly #view: ListView;
  readonly #topics: TopicChoice;
  /** The first number that is hidden while the list is paused. */
  #pausedAt: number | undefined;
  #limit = STEP;
  #isActive = false;
  #due: Work = 'nothing';

  constructor(kept: Kept, announce: Announce, leave: () => void) {
    this.#kept = kept;
    this.#announce = announce;
    this.#shown = new VisibleEntries(kept);
    this.#view = new ListView(this.#list, announce);
    const names = part('known-topics', HTMLElement);
    const refilter = () => this.#refilter();
    this.#topics = new TopicChoice(part('topics', HTMLElement), names, refilter);
    this.#words.addEventListener('input', refilter);
    this.#pause.addEventListener('click', () => this.#pauseOrResume());
    this.#more.addEventListener('click', () => this.#showOlder());
    part('clear', HTMLElement).addEventListener('click', () => this.#clear());
    part('close', HTMLElement).addEventListener('click', leave);
    part('copy-all', HTMLElement).addEventListener('click', () => void this.#copyAll());
  }

  add(event: NotificationEvent | Missed): void {
    const at = Date.now();
    if (event.type === 'missed') {
      this.#kept.add({ kind: 'missed', at, topic: '', text: event.message });
      this.#announce(visible(event.message));
    } else {
      this.#kept.add({ kind: 'notification', at, topic: event.topic, text: event.text });
    }
    this.#schedule('new entries');
  }

  update(state: State): void {
    this.#isActive = isActive(state);
    part('close', HTMLElement).hidden = !this.#isActive;
    this.#updateActions();
    this.#schedule('new entries');
  }

  #schedule(work: Work): void {
    if (this.#due === 'nothing') requestAnimationFrame(() => this.#draw());
    if (WORK.indexOf(work) > WORK.indexOf(this.#due)) this.#due = work;
  }

  #draw(): void {
    const due = this.#due;
    this.#due = 'nothing';
    const isPaused = this.#pausedAt !== undefined && due === 'new entries';
    if (!isPaused) {
      if (due === 'new entries') this.#shown.update(this.#filter(), this.#limit);
      else this.#shown.rebuild(this.#filter(), this.#limit, this.#pausedAt);
      this.#view.show(this.#shown.entries, due === 'rebuild' ? 'none' : 'open');
      this.#more.hidden = !this.#shown.isMore;
    }
    this.#topics.update(this.#kept.topics);
    this.#updateActions();
    setText(this.#counts, this.#countsText());
    const hasSome = this.#kept.size > 0;
    this.#empty.hidden = this.#view.size > 0 || (!hasSome && !this.#isActive);
    setText(this.#empty, hasSome ? NO_MATCHES : NO_EVENTS);
  }

  #filter(): Filter {
    return { topics: this.#topics.chosen, words: this.#words.value.trim() };
  }

  #updateActions(): void {
    const hasSome = this.#kept.size > 0;
    this.#actions.hidden = !hasSome && !this.#isActive;
    part('filter', HTMLElement).hidden = this.#actions.hidden;
  }

  #countsText(): string {
    const { received, size, next } = this.#kept;
    if (received === 0) return '';
    const parts = [`${received.toLocaleString()} received`];
    if (received > size) parts.push(`the last ${size.toLocaleString()} kept`);
    if (this.#pausedAt !== undefined) {
      parts.push(`${(next - this.#pausedAt).toLocaleString()} waiting`);
    }
    return parts.join(', ');
  }

  #refilter(): void {
    this.#limit = STEP;
    this.#schedule('rebuild');
  }

  #pauseOrResume(): void {
    if (this.#pausedAt === undefined) {
      this.#pausedAt = this.#kept.next;
      this.#announce('Paused. New events wait until you resume.');
    } else {
      this.#announce(`${this.#kept.next - this.#pausedAt} waiting events shown.`);
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
    this.#refilter();
  }

  /** Copies the entries that match the filter as a JSON array, oldest first. */
  async #copyAll(): Promise<void> {
    const all = new VisibleEntries(this.#kept);
    all.rebuild(this.#filter(), Infinity, this.#pausedAt);
    const copied = all.entries.filter(({ kind }) => kind === 'notification').toReversed();
    const text = `[${copied.map((entry) => entry.text).join(',\n')}]\n`;
    const isCopied = await copy(text, this.#list);
    this.#announce(
      isCopied ? `${copied.length} copied.` : 'Text selected: copy it with your keyboard.',
    );
  }
}

const NO_EVENTS = 'No events yet. Create an invoice to see one.';
const NO_MATCHES = 'No events match this filter.';
