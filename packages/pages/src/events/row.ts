import { copy } from '../copy.ts';
import { element } from '../dom.ts';
import { visible } from '../visible.ts';
import type { Entry } from './entry.ts';
import { excerpt } from './excerpt.ts';
import { day, exactClock } from './moment.ts';
import { jsonView } from './json-view.ts';

/** Announces a text to screen readers. */
export type Announce = (words: string) => void;

/** Longer topics are cut; the open entry shows the whole name. */
const MAX_TOPIC_LENGTH = 64;

/** Creates one line of the list, which opens to show the whole notification. */
export function makeRow(entry: Entry, announce: Announce): HTMLLIElement {
  return entry.kind === 'missed' ? missedRow(entry) : notificationRow(entry, announce);
}

function missedRow({ at, text }: Entry): HTMLLIElement {
  const note = element('p', { class: 'note', 'data-tone': 'warn' }, time(at), ' ', visible(text));
  return element('li', { class: 'event' }, note);
}

function notificationRow(entry: Entry, announce: Announce): HTMLLIElement {
  const { at, topic, text } = entry;
  const name = element('span', { class: 'topic' }, visible(topic.slice(0, MAX_TOPIC_LENGTH)));
  const summary = element('summary', {}, time(at), name, line(text, topic));
  const details = element('details', {}, summary);
  // Created lazily, since most entries are never opened.
  details.addEventListener('toggle', () => {
    if (details.open && details.childElementCount === 1)
      details.append(openContent(entry, announce));
  });
  return element('li', { class: 'event' }, details);
}

function time(at: number): HTMLTimeElement {
  const iso = new Date(at).toISOString();
  return element('time', { datetime: iso, title: iso }, exactClock(at));
}

function line(text: string, topic: string): HTMLSpanElement {
  const made = element('span', { class: 'excerpt' });
  for (const { name, value } of excerpt(text, topic)) {
    made.append(element('span', { class: 'name' }, name), ` ${value} `);
  }
  return made;
}

function openContent({ at, text }: Entry, announce: Announce): HTMLDivElement {
  const shown = jsonView(text);
  const button = element('button', { type: 'button', class: 'small' }, 'Copy');
  button.addEventListener('click', () => {
    void copy(text, shown).then((copied) =>
      announce(copied ? 'Copied.' : 'Text selected: copy it with your keyboard.'),
    );
  });
  const words = `Received ${day(at)}, ${exactClock(at)}; ${text.length.toLocaleString()} characters`;
  const head = element('div', { class: 'row apart' }, element('span', { class: 'hint' }, words));
  head.append(button);
  return element('div', { class: 'stack tight whole' }, head, shown);
}
