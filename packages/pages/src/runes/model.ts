import type { Restriction, Rune } from '@clnrest/runes';
import { hasPause, type CallCheck, checkCall } from './checking/check-call.ts';
import { type CallFormProblems, readCallForm } from './checking/call-form.ts';
import { readAddress } from './sharing/address.ts';
import { type ShareModel, shareModel, type NodeAddress } from './sharing/share.ts';
import { memoizeLast } from './memoize-last.ts';
import { type ShownDraft, shownDraft } from './restricting/shown-draft.ts';
import {
  knownToLint,
  type Concern,
  concernsOf,
  concernsOfOriginal,
} from './explaining/concerns.ts';
import { type Pasted, type PastedRune, readPasted } from './explaining/pasted.ts';
import { decodedText } from './explaining/decoded-text.ts';
import { type RunePart, runePartsOf } from './explaining/rune-parts.ts';
import { introductionOf, type ShownRestriction, shownRestrictions } from './explaining/shown.ts';
import type { State } from './state.ts';

/** The content of the page for a state. */
export interface Model {
  readonly state: State;
  readonly pasted: Pasted;
  /** Undefined without a valid rune. */
  readonly rune: RuneModel | undefined;
}

/** The pasted rune with the added restrictions. */
export interface RuneModel {
  /** All restrictions; the added ones come last. */
  readonly all: readonly Restriction[];
  readonly introduction: string;
  readonly restrictions: readonly ShownRestriction[];
  /** The output of decode, if the user opened it. */
  readonly decoded: string | undefined;
  /** The parts of the rune's text, if the user opened them. */
  readonly parts: readonly RunePart[] | undefined;
  /** Concerns about the rune as a whole. */
  readonly concerns: readonly Concern[];
  /** Whether restrictions can be added, that is, unless the rune ends with an empty restriction. */
  readonly isOpen: boolean;
  readonly draft: ShownDraft | undefined;
  readonly callCheck: CallCheckModel;
  readonly share: ShareModel;
}

export interface CallCheckModel {
  readonly problems: CallFormProblems;
  /** The canonical parameters, JSON. */
  readonly params: string | undefined;
  /** Whether the result depends on the last use of the rune. */
  readonly hasPause: boolean;
  /** Undefined if the command is empty or an input is invalid. */
  readonly check: CallCheck | undefined;
}

/**
 * Returns a function that computes the page's content from its state. Expensive parts are recomputed only if their inputs
 * have changed.
 *
 * @param page the URL of the page's server
 */
export function modelMaker(page: string): (state: State) => Model {
  const read = memoizeLast(readPasted);
  const makeRune = runeModelMaker(page);
  return (state) => {
    const pasted = read(state.pasted);
    if (pasted.kind !== 'rune') return { state, pasted, rune: undefined };
    return { state, pasted, rune: makeRune(pasted, state) };
  };
}

const NONE: readonly Restriction[] = [];

/** Seconds between updates of expiry warnings. Checks of calls always use the exact time. */
const TICK = 30n;

function runeModelMaker(page: string): (pasted: PastedRune, state: State) => RuneModel {
  const restrict = memoizeLast((rune: Rune, added: readonly Restriction[]) =>
    rune.restrictAll(added),
  );
  const encode = memoizeLast((rune: Rune) => rune.toBase64());
  const introduce = memoizeLast(introductionOf);
  const knowCommands = memoizeLast(knownToLint);
  const findConcerns = memoizeLast(concernsOf);
  const findOriginal = memoizeLast(concernsOfOriginal);
  const aboutAll = memoizeLast((concerns: readonly Concern[], original: readonly Concern[]) => [
    ...concerns.filter(({ restriction }) => restriction === undefined),
    ...original,
  ]);
  const show = memoizeLast(shownRestrictions);
  const decode = memoizeLast(decodedText);
  const split = memoizeLast(runePartsOf);
  const preview = memoizeLast(shownDraft);
  const makeCallCheck = callCheckModelMaker();
  const share = memoizeLast(shareModel);
  const place = memoizeLast(nodeAddress);

  const timed = memoizeLast(isTimed);

  return (pasted, state) => {
    const given = pasted.rune;
    const { added, draft, callForm, showsQr } = state;
    const isOpen = given.restrictions.at(-1)?.alternatives.length !== 0;
    const rune = isOpen ? restrict(given, added) : given;
    // Runes without a time restriction do not depend on the clock. Others are updated once per TICK.
    const now = timed(rune) ? state.now - (state.now % TICK) : 0n;
    const known = knowCommands(state.commands);
    const concerns = findConcerns(rune, now, known);
    const callCheck = makeCallCheck(rune, state);
    return {
      all: rune.restrictions,
      introduction: introduce(rune),
      restrictions: show(rune, given.restrictions.length, concerns, now),
      decoded: state.showsDecoded ? decode(rune, now) : undefined,
      parts: state.showsText ? split(rune, now) : undefined,
      concerns: aboutAll(concerns, findOriginal(given, isOpen ? added : NONE, now)),
      isOpen,
      draft: isOpen ? preview(rune, draft, state.now - (state.now % TICK), known) : undefined,
      callCheck,
      share: share(
        encode(rune),
        place(state.address, pasted, page),
        callForm.method.trim(),
        callCheck.params,
        showsQr,
      ),
    };
  };
}

/** Returns the address that the user entered, else that of the pairing link, else that of the page. */
function nodeAddress(
  written: string | undefined,
  { address, ca }: PastedRune,
  page: string,
): NodeAddress {
  const where = written ?? address ?? page;
  const isHere = readAddress(where)?.href === readAddress(page)?.href;
  return { address: where, ca: written === undefined ? ca : undefined, isHere };
}

function isTimed({ restrictions }: Rune): boolean {
  return restrictions.some(({ alternatives }) =>
    alternatives.some(({ fieldname }) => fieldname === 'time'),
  );
}

function callCheckModelMaker(): (rune: Rune, state: State) => CallCheckModel {
  const read = memoizeLast(readCallForm);
  const memoizedCheck = memoizeLast(checkCall);
  const paused = memoizeLast(hasPause);
  return (rune, { callForm, now }) => {
    const input = read(callForm, now);
    const common = { hasPause: paused(rune) };
    if ('problems' in input) {
      return { ...common, problems: input.problems, params: undefined, check: undefined };
    }
    const { params } = input.call;
    const check = callForm.method.trim() === '' ? undefined : memoizedCheck(rune, input, now);
    return { ...common, problems: {}, params, check };
  };
}
