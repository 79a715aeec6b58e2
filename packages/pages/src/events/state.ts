/** The state of the connection. Times are in milliseconds since 1970. */
export type State =
  | { readonly is: 'idle' }
  | { readonly is: 'connecting' }
  | { readonly is: 'connected'; readonly since: number }
  | { readonly is: 'reconnecting'; readonly reason: string; readonly until: number }
  /** The node refuses the rune. The page does not retry. */
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'disconnected' };

/** A state as text for the page. */
export interface StateText {
  readonly tone: 'idle' | 'info' | 'pass' | 'warn' | 'fail';
  readonly isBusy: boolean;
  readonly words: string;
}

/** @param clock formats a time */
export function describe(state: State, now: number, clock: (moment: number) => string): StateText {
  switch (state.is) {
    case 'idle':
      return text('idle', 'Not connected');
    case 'connecting':
      return { ...text('info', 'Connecting…'), isBusy: true };
    case 'connected':
      return text('pass', `Connected since ${clock(state.since)}`);
    case 'reconnecting': {
      const seconds = Math.ceil((state.until - now) / 1000);
      const when = seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…';
      return { ...text('warn', `${when}: ${state.reason}`), isBusy: true };
    }
    case 'refused':
      return text('fail', `Refused: ${state.reason}`);
    case 'failed':
      return text('fail', `Not connected: ${state.reason}`);
    case 'disconnected':
      return text('idle', 'Disconnected');
  }
}

/** Describes a state for screen readers: once for each state, without the countdown. */
export function announcement(state: State): string {
  switch (state.is) {
    case 'idle':
      return '';
    case 'connecting':
      return 'Connecting.';
    case 'connected':
      return 'Connected.';
    case 'reconnecting':
      return `Connection lost, reconnecting. ${state.reason}`;
    case 'refused':
      return `Refused. ${state.reason}`;
    case 'failed':
      return `Not connected. ${state.reason}`;
    case 'disconnected':
      return 'Disconnected.';
  }
}

/** Whether the subscription is active, so that the user can disconnect it. */
export function isActive({ is }: State): boolean {
  return is === 'connecting' || is === 'connected' || is === 'reconnecting';
}

function text(tone: StateText['tone'], words: string): StateText {
  return { tone, isBusy: false, words };
}
