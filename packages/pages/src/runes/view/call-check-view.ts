import type { AlternativeVerdict } from '@clnrest/runes';
import { visible } from '../../visible.ts';
import type { RestrictionCheck, CallCheck } from '../checking/check-call.ts';
import { memoizeLast } from '../memoize-last.ts';
import type { Model } from '../model.ts';
import { element, part } from '../../dom.ts';
import { LongList } from './long-list.ts';
import { longText } from './long-text.ts';

/** The result of the check, and the result of each restriction. */
export function callCheckView(): (model: Model) => void {
  const verdict = part('verdict', HTMLElement);
  const limits = part('verdict-limits', HTMLElement);
  const list = new LongList(
    part('verdict-restrictions', HTMLElement),
    element('ol', { class: 'restrictions' }),
    itemOf,
  );
  const show = memoizeLast((check: CallCheck | undefined, hasCommand: boolean) => {
    const sentence = sentenceOf(check, hasCommand);
    // Screen readers announce each change; an equal sentence is not repeated.
    if (verdict.textContent !== sentence.textContent) verdict.replaceChildren(sentence);
    list.show(check?.restrictions ?? []);
    limits.hidden = check === undefined;
  });
  return ({ rune, state }) => {
    show(rune?.callCheck.check, state.callForm.method.trim() !== '');
  };
}

function sentenceOf(check: CallCheck | undefined, hasCommand: boolean): HTMLElement {
  if (check === undefined) {
    const words = hasCommand ? '' : 'Enter a command to check it against each restriction.';
    return element('p', { class: 'hint' }, words);
  }
  const { allowed, refusal = '', restrictions } = check;
  const all =
    restrictions.length === 0 ? 'The rune has no restrictions.' : 'All restrictions hold.';
  const answer = element('strong', {}, allowed ? 'Allowed.' : 'Refused.');
  const why = longText(allowed ? all : visible(refusal));
  const tone = allowed ? 'pass' : 'fail';
  return element('div', { class: 'note verdict-line', 'data-tone': tone }, answer, why);
}

function itemOf({ words, verdict }: RestrictionCheck): HTMLElement {
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
