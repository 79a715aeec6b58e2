import type { Action, State } from './state.ts';

/** Changes the state, and has the page show it. */
export type Dispatch = (action: Action) => void;

/**
 * The one place where the state is.
 *
 * @param now seconds since 1970
 * @param show called after each change
 */
export function startStore(
  initial: State,
  now: () => bigint,
  show: (state: State) => void,
): Dispatch {
  let state = initial;
  return (action) => {
    state = action({ ...state, now: now() });
    show(state);
  };
}
