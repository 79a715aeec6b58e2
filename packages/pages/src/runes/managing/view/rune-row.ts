import { lint } from '@clnrest/runes';
import type { Concern } from '../../explaining/concerns.ts';
import { LongList } from '../../view/long-list.ts';
import { longText } from '../../view/long-text.ts';
import { notesOf } from '../../view/notes.ts';
import { element } from '../../../dom.ts';
import { visible } from '../../../visible.ts';
import { inBrief } from '../in-brief.ts';
import { type NodeRune, summaryOf } from '../node-rune.ts';
import { isExpired } from '../rune-query.ts';
import { dateText, relativeTime } from '../when.ts';
import { shownName, titleOf } from './rune-title.ts';

/** What an operator can do with a rune of the list. */
export interface RowActions {
  readonly handOut: (rune: NodeRune) => void;
  readonly explain: (rune: NodeRune) => void;
  readonly setRevoked: (rune: NodeRune, isRevoked: boolean) => void;
  /** Whether the details are open, so that they stay open when the list changes. */
  readonly isOpen: (rune: NodeRune) => boolean;
  readonly setOpen: (rune: NodeRune, isOpen: boolean) => void;
}

/** Facts about the session that a row shows. */
export interface RowContext {
  /** In seconds since 1970. */
  readonly now: bigint;
  readonly ownId: bigint | undefined;
  readonly canRevoke: boolean;
}

/** Returns the findings about a rune of the list. */
export function concernsOn({ rune }: NodeRune, now: bigint): readonly Concern[] {
  return rune === undefined ? [] : lint(rune, now);
}

/** An item of the list of runes. */
export function runeRow(rune: NodeRune, context: RowContext, actions: RowActions): HTMLElement {
  const concerns = concernsOn(rune, context.now);
  return element(
    'li',
    { class: 'rune-row', 'data-rune': String(rune.id) },
    element(
      'div',
      { class: 'stack tight' },
      headOf(rune, concerns, context),
      element('p', { class: 'words' }, summaryOf(rune, context.now)),
    ),
    factsOf(rune, context.now),
    buttonsOf(rune, context, actions),
    detailsOf(rune, concerns, context.now, actions),
  );
}

function headOf(
  rune: NodeRune,
  concerns: readonly Concern[],
  { now, ownId }: RowContext,
): HTMLElement {
  const name = shownName(rune);
  const badge = (words: string, tone: string): HTMLElement =>
    element('span', { class: 'badge', 'data-tone': tone }, words);
  const isActive = !rune.isRevoked && !isExpired(rune, now);
  const isDanger = isActive && concerns.some(({ severity }) => severity === 'danger');
  return element(
    'div',
    { class: 'row rune-head' },
    element(
      'h3',
      { class: name === '' ? 'rune-name nameless' : 'rune-name' },
      name === '' ? 'No name' : name,
    ),
    element('span', { class: 'hint figures' }, `rune ${rune.id}`),
    ...(rune.isRevoked ? [badge('revoked', 'fail')] : []),
    ...(isExpired(rune, now) ? [badge('expired', 'warn')] : []),
    ...(isActive ? [badge('active', 'pass')] : []),
    ...(isDanger ? [badge('dangerous', 'fail')] : []),
    ...(rune.id === ownId ? [badge('used by this page', 'info')] : []),
  );
}

function factsOf(rune: NodeRune, now: bigint): HTMLElement {
  const { lastUsed, expiry } = rune;
  // The clocks of the node and the browser differ.
  const used = lastUsed === undefined ? 'never' : timeOf(Math.min(lastUsed, Number(now)), now);
  const ends = expiry === undefined ? 'never' : timeOf(Number(expiry), now);
  const [usedWords, endsWords] = ['Last used', isExpired(rune, now) ? 'Expired' : 'Expires'];
  return element(
    'dl',
    { class: 'rune-facts' },
    element('div', {}, element('dt', {}, usedWords), element('dd', {}, used)),
    element('div', {}, element('dt', {}, endsWords), element('dd', {}, ends)),
  );
}

function timeOf(seconds: number, now: bigint): Node | string {
  const date = dateText(seconds);
  // A time beyond the calendar, such as the largest integer.
  if (date === undefined) return seconds > Number(now) ? 'never' : 'long ago';
  const datetime = new Date(seconds * 1000).toISOString();
  return element('time', { datetime, title: date }, relativeTime(seconds, Number(now)));
}

function buttonsOf(rune: NodeRune, { canRevoke }: RowContext, actions: RowActions): HTMLElement {
  const button = (label: string, action: string, classes: string, act: () => void): HTMLElement => {
    const attributes = { type: 'button', class: classes, 'data-action': action };
    const made = element(
      'button',
      { ...attributes, 'aria-label': `${label.replace(' …', '')} ${titleOf(rune)}` },
      label,
    );
    made.addEventListener('click', act);
    return made;
  };
  const change = rune.isRevoked
    ? button('Restore …', 'change', 'small', () => actions.setRevoked(rune, false))
    : button('Revoke …', 'change', 'small danger', () => actions.setRevoked(rune, true));
  return element(
    'div',
    { class: 'row rune-buttons' },
    ...(rune.isRevoked
      ? []
      : [button('Hand out', 'hand-out', 'small', () => actions.handOut(rune))]),
    ...(canRevoke ? [change] : []),
  );
}

function detailsOf(
  rune: NodeRune,
  concerns: readonly Concern[],
  now: bigint,
  actions: RowActions,
): HTMLElement {
  const summary = element('summary', { 'data-action': 'details' }, 'Details');
  summary.append(element('span', { class: 'visually-hidden' }, ` of ${titleOf(rune)}`));
  const fold = element('details', { class: 'fold rune-details' }, summary);
  const fill = (): void => {
    if (fold.childElementCount === 1) fold.append(detailContent(rune, concerns, now, actions));
  };
  // Details are long, so they are made when they are opened.
  if (actions.isOpen(rune)) {
    fill();
    fold.open = true;
  }
  fold.addEventListener('toggle', () => {
    fill();
    actions.setOpen(rune, fold.open);
  });
  return fold;
}

function detailContent(
  nodeRune: NodeRune,
  concerns: readonly Concern[],
  now: bigint,
  actions: RowActions,
): HTMLElement {
  const { rune, english, lastUsed, expiry } = nodeRune;
  const place = element('div');
  const content = element('div', { class: 'stack' }, ...notesOf(concerns), place);
  if (rune === undefined) {
    place.append(
      element('p', {}, 'This page cannot read the rune. The node describes it as:'),
      longText(visible(english)),
    );
  } else if (rune.restrictions.length === 0) {
    place.append(element('p', {}, 'The rune has no restrictions.'));
  } else {
    place.append(element('p', {}, 'A call is allowed if all of these hold:'));
    const list = element('ol', { class: 'restrictions' });
    new LongList(place, list, (each: (typeof rune.restrictions)[number]) =>
      element('li', {}, longText(inBrief(each, now))),
    ).show(rune.restrictions);
  }
  const dates = [
    ...(lastUsed === undefined ? [] : [`Last used ${dateText(lastUsed) ?? 'long ago'}.`]),
    ...(expiry === undefined ? [] : [`Ends ${dateText(Number(expiry)) ?? 'never'}.`]),
  ];
  if (dates.length > 0) content.append(element('p', { class: 'hint figures' }, dates.join(' ')));
  const explain = element(
    'button',
    { type: 'button', class: 'small' },
    'Explain, restrict and check',
  );
  explain.addEventListener('click', () => actions.explain(nodeRune));
  content.append(element('div', { class: 'row' }, explain));
  return content;
}
