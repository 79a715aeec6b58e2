import type { Restriction, Rune } from '@clnrest/runes';
import { hasPause, type Judgement, judgementOf } from './asking/judgement.ts';
import { type QuestionProblems, readQuestion } from './asking/question.ts';
import { readAddress } from './handing-out/address.ts';
import { type HandOut, handOutOf, type Whereabouts } from './handing-out/hand-out.ts';
import { latest } from './latest.ts';
import { type ShownDraft, shownDraft } from './narrowing/shown-draft.ts';
import { type Concern, concernsOf, concernsOfOriginal } from './reading/concerns.ts';
import { type Pasted, type PastedRune, readPasted } from './reading/pasted.ts';
import { decodedText } from './reading/decoded-text.ts';
import { introductionOf, type ShownRestriction, shownRestrictions } from './reading/shown.ts';
import type { State } from './state.ts';

/** What the page shows of a state. */
export interface Model {
  readonly state: State;
  readonly pasted: Pasted;
  /** Nothing while there is no rune. */
  readonly rune: RuneModel | undefined;
}

/** A rune with what was added to it here. */
export interface RuneModel {
  /** All restrictions, those that were added here last. */
  readonly all: readonly Restriction[];
  readonly introduction: string;
  readonly restrictions: readonly ShownRestriction[];
  /** What the node's decode says of it, if that is to be shown. */
  readonly decoded: string | undefined;
  /** What concerns the rune as a whole. */
  readonly concerns: readonly Concern[];
  /** Whether anything can be added: nothing can behind an empty restriction. */
  readonly isOpen: boolean;
  readonly draft: ShownDraft | undefined;
  readonly question: QuestionModel;
  readonly handOut: HandOut;
}

export interface QuestionModel {
  readonly problems: QuestionProblems;
  /** The parameters, JSON, as the node gets them. */
  readonly params: string | undefined;
  /** Whether it matters when the rune was last used. */
  readonly hasPause: boolean;
  /** Nothing while no command is named or something is wrong. */
  readonly judgement: Judgement | undefined;
}

/**
 * Makes the page's content of its state. What costs time is done again only when what it depends on has changed.
 *
 * @param page where the page's server is
 */
export function modelMaker(page: string): (state: State) => Model {
  const read = latest(readPasted);
  const makeRune = runeModelMaker(page);
  return (state) => {
    const pasted = read(state.pasted);
    if (pasted.kind !== 'rune') return { state, pasted, rune: undefined };
    return { state, pasted, rune: makeRune(pasted, state) };
  };
}

const NONE: readonly Restriction[] = [];

/** Seconds after which it is looked anew what has expired. A question is always judged at its time. */
const TICK = 30n;

function runeModelMaker(page: string): (pasted: PastedRune, state: State) => RuneModel {
  const narrow = latest((rune: Rune, added: readonly Restriction[]) => rune.restrictAll(added));
  const encode = latest((rune: Rune) => rune.toBase64());
  const introduce = latest(introductionOf);
  const findConcerns = latest(concernsOf);
  const findOriginal = latest(concernsOfOriginal);
  const aboutAll = latest((concerns: readonly Concern[], original: readonly Concern[]) => [
    ...concerns.filter(({ restriction }) => restriction === undefined),
    ...original,
  ]);
  const show = latest(shownRestrictions);
  const decode = latest(decodedText);
  const preview = latest(shownDraft);
  const question = questionModelMaker();
  const handOut = latest(handOutOf);
  const place = latest(whereabouts);

  const timed = latest(isTimed);

  return (pasted, state) => {
    const given = pasted.rune;
    const { added, draft, question: asked, showsQr } = state;
    const isOpen = given.restrictions.at(-1)?.alternatives.length !== 0;
    const rune = isOpen ? narrow(given, added) : given;
    // What no clock changes is not found out anew at each of its ticks, and the rest at some.
    const now = timed(rune) ? state.now - (state.now % TICK) : 0n;
    const concerns = findConcerns(rune, now);
    const questioned = question(rune, state);
    return {
      all: rune.restrictions,
      introduction: introduce(rune),
      restrictions: show(rune, given.restrictions.length, concerns, now),
      decoded: state.showsDecoded ? decode(rune, now) : undefined,
      concerns: aboutAll(concerns, findOriginal(given, isOpen ? added : NONE, now)),
      isOpen,
      draft: isOpen ? preview(rune, draft, state.now - (state.now % TICK)) : undefined,
      question: questioned,
      handOut: handOut(
        encode(rune),
        place(state.address, pasted, page),
        asked.method.trim(),
        questioned.params,
        showsQr,
      ),
    };
  };
}

/** What was written here; else what the pairing link said; else where the page came from. */
function whereabouts(
  written: string | undefined,
  { address, ca }: PastedRune,
  page: string,
): Whereabouts {
  const where = written ?? address ?? page;
  const isHere = readAddress(where)?.href === readAddress(page)?.href;
  return { address: where, ca: written === undefined ? ca : undefined, isHere };
}

function isTimed({ restrictions }: Rune): boolean {
  return restrictions.some(({ alternatives }) =>
    alternatives.some(({ fieldname }) => fieldname === 'time'),
  );
}

function questionModelMaker(): (rune: Rune, state: State) => QuestionModel {
  const read = latest(readQuestion);
  const judge = latest(judgementOf);
  const paused = latest(hasPause);
  return (rune, { question, now }) => {
    const asked = read(question, now);
    const common = { hasPause: paused(rune) };
    if ('problems' in asked) {
      return { ...common, problems: asked.problems, params: undefined, judgement: undefined };
    }
    const { params } = asked.call;
    const judgement = question.method.trim() === '' ? undefined : judge(rune, asked, now);
    return { ...common, problems: {}, params, judgement };
  };
}
