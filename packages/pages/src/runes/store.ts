import type { Action, State } from './state.ts';

/** Changes the state and updates the page. */
export type Dispatch = (action: Action) => void;

/**
 * Holds the state of the page.
 *
 * @param now returns seconds since 1970
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
