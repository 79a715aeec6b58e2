import { type CharacterTest, ExpressionError, type Part, readExpression } from './syntax.ts';

/**
 * A state of the automaton that an expression is compiled to (Thompson's construction). A path through
 * it consumes characters; a text matches if a path consumes all of it and ends in `accept`.
 */
type State =
  | { readonly kind: 'accept' }
  | { readonly kind: 'character'; readonly matches: CharacterTest; readonly next: State }
  | { readonly kind: 'edge'; readonly edge: 'start' | 'end'; readonly next: State }
  | { readonly kind: 'split'; readonly next: State[] };

/**
 * Maximum number of states, which is also the maximum number of steps for each character. A repetition counts
 * as that many copies of its part.
 */
const MAX_STATES = 1_000;

/**
 * A regular expression for whole texts that matches in linear time by following all paths at once. JavaScript's
 * engine backtracks instead: `(?:q+)+z` takes 8 s for 38 characters.
 *
 * Supports JavaScript's syntax without look-around, back-references, named groups and `\b`, and matches the same
 * texts as `new RegExp('^(?:…)$')`. Throws an {@link ExpressionError} for other syntax.
 */
export class Expression {
  readonly #start: State;

  constructor(text: string) {
    this.#start = new Compiler().compile(readExpression(text), { kind: 'accept' });
  }

  matches(text: string): boolean {
    let states = closure([this.#start], 0, text.length);
    for (let at = 0; at < text.length && states.size > 0; at++) {
      const code = text.charCodeAt(at);
      const next: State[] = [];
      for (const state of states) {
        if (state.kind === 'character' && state.matches(code)) next.push(state.next);
      }
      states = closure(next, at + 1, text.length);
    }
    return [...states].some(({ kind }) => kind === 'accept');
  }
}

/** Returns all states that are reachable without consuming a character. */
function closure(from: readonly State[], at: number, end: number): ReadonlySet<State> {
  const reached = new Set(from);
  // The iteration of a set includes elements that are added during the iteration.
  for (const state of reached) {
    if (state.kind === 'split') {
      for (const next of state.next) reached.add(next);
    } else if (state.kind === 'edge' && at === (state.edge === 'start' ? 0 : end)) {
      reached.add(state.next);
    }
  }
  return reached;
}

class Compiler {
  #steps = 0;

  /** Returns the first state of a part that is followed by `next`. */
  compile(part: Part, next: State): State {
    if (++this.#steps > MAX_STATES) {
      throw new ExpressionError(
        `it is too large: repetitions can expand to ${MAX_STATES} parts at most`,
      );
    }
    switch (part.kind) {
      case 'character':
        return { kind: 'character', matches: part.matches, next };
      case 'edge':
        return { kind: 'edge', edge: part.edge, next };
      case 'sequence':
        return part.parts.reduceRight((after, each) => this.compile(each, after), next);
      case 'choice':
        return { kind: 'split', next: part.options.map((option) => this.compile(option, next)) };
      case 'repeat':
        return this.#repeat(part, next);
    }
  }

  #repeat({ part, min, max }: Part & { kind: 'repeat' }, next: State): State {
    if (max === Infinity) return this.#copies(part, min - 1, this.#loop(part, min > 0, next));
    let state = next;
    for (let count = min; count < max; count++) {
      state = { kind: 'split', next: [this.compile(part, state), next] };
    }
    return this.#copies(part, min, state);
  }

  #copies(part: Part, count: number, next: State): State {
    let state = next;
    for (let i = 0; i < count; i++) state = this.compile(part, state);
    return state;
  }

  /** Repeats a part without an upper limit, at least once if `once`. */
  #loop(part: Part, once: boolean, next: State): State {
    const again: State & { kind: 'split' } = { kind: 'split', next: [next] };
    const first = this.compile(part, again);
    again.next.push(first);
    return once ? first : again;
  }
}
