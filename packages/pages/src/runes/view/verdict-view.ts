import type { AlternativeVerdict } from '@clnrest/runes';
import { visible } from '../../visible.ts';
import type { Judged, Judgement } from '../asking/judgement.ts';
import { latest } from '../latest.ts';
import type { Model } from '../model.ts';
import { element, part } from '../../dom.ts';
import { LongList } from './long-list.ts';
import { longText } from './long-text.ts';

/** The answer to what was asked, and how each restriction came to it. */
export function verdictView(): (model: Model) => void {
  const verdict = part('verdict', HTMLElement);
  const limits = part('verdict-limits', HTMLElement);
  const list = new LongList(
    part('verdict-restrictions', HTMLElement),
    element('ol', { class: 'restrictions' }),
    itemOf,
  );
  const show = latest((judgement: Judgement | undefined, isAsked: boolean) => {
    const sentence = sentenceOf(judgement, isAsked);
    // It is read aloud: the same once is enough.
    if (verdict.textContent !== sentence.textContent) verdict.replaceChildren(sentence);
    list.show(judgement?.restrictions ?? []);
    limits.hidden = judgement === undefined;
  });
  return ({ rune, state }) => {
    show(rune?.question.judgement, state.question.method.trim() !== '');
  };
}

function sentenceOf(judgement: Judgement | undefined, isAsked: boolean): HTMLElement {
  if (judgement === undefined) {
    const words = isAsked ? '' : 'Name a command, and see what each restriction says to it.';
    return element('p', { class: 'hint' }, words);
  }
  const { allowed, refusal = '', restrictions } = judgement;
  const all = restrictions.length === 0 ? 'Nothing restricts it.' : 'Every restriction holds.';
  const answer = element('strong', {}, allowed ? 'Yes.' : 'No.');
  const why = longText(allowed ? all : visible(refusal));
  const tone = allowed ? 'pass' : 'fail';
  return element('div', { class: 'note verdict-line', 'data-tone': tone }, answer, why);
}

function itemOf({ words, verdict }: Judged): HTMLElement {
  const { passed, alternatives } = verdict;
  const item = element('div', { class: 'stack tight' }, lineOf(passed, longText(words)));
  const [only, ...others] = alternatives;
  if (others.length > 0) {
    const list = new LongList(
      item,
      element('ul', { class: 'list alternatives' }),
      alternativeOf,
      20,
    );
    list.show(alternatives);
  } else if (only?.reason !== undefined) {
    item.append(longText(visible(only.reason), 'code'));
  }
  return element('li', {}, item);
}

function alternativeOf({ alternative, passed, reason }: AlternativeVerdict): HTMLElement {
  const text = visible(reason ?? alternative.encode());
  return element('li', {}, lineOf(passed, longText(text, 'code')));
}

function lineOf(passed: boolean, text: HTMLElement): HTMLElement {
  const tone = passed ? 'pass' : 'fail';
  const badge = element('span', { class: 'badge', 'data-tone': tone }, passed ? 'passes' : 'fails');
  return element('div', { class: 'verdict-line' }, badge, text);
}
