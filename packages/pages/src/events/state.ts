/** How it stands with the connection. Moments are in milliseconds since 1970. */
export type State =
  | { readonly is: 'idle' }
  | { readonly is: 'connecting' }
  | { readonly is: 'listening'; readonly since: number }
  | { readonly is: 'waiting'; readonly reason: string; readonly until: number }
  /** The rune is not good for this, in the node's words; nothing is tried again. */
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'closed' };

/** A state for people to see. */
export interface Told {
  readonly tone: 'idle' | 'info' | 'pass' | 'warn' | 'fail';
  readonly isBusy: boolean;
  readonly words: string;
}

/** @param clock how a moment is written */
export function tell(state: State, now: number, clock: (moment: number) => string): Told {
  switch (state.is) {
    case 'idle':
      return told('idle', 'Not connected');
    case 'connecting':
      return { ...told('info', 'Connecting…'), isBusy: true };
    case 'listening':
      return told('pass', `Listening since ${clock(state.since)}`);
    case 'waiting': {
      const seconds = Math.ceil((state.until - now) / 1000);
      const when = seconds > 0 ? `Reconnecting in ${seconds} s` : 'Reconnecting…';
      return { ...told('warn', `${when}: ${state.reason}`), isBusy: true };
    }
    case 'refused':
      return told('fail', `Refused: ${state.reason}`);
    case 'failed':
      return told('fail', `Not connected: ${state.reason}`);
    case 'closed':
      return told('idle', 'Disconnected');
  }
}

/** The same for those who hear the page: once for each state, without seconds that count down. */
export function announce(state: State): string {
  switch (state.is) {
    case 'idle':
      return '';
    case 'connecting':
      return 'Connecting.';
    case 'listening':
      return 'Listening.';
    case 'waiting':
      return `The connection is lost and will be made again. ${state.reason}`;
    case 'refused':
      return `Refused. ${state.reason}`;
    case 'failed':
      return `Not connected. ${state.reason}`;
    case 'closed':
      return 'Disconnected.';
  }
}

/** Whether there is something to disconnect. */
export function isUnderWay({ is }: State): boolean {
  return is === 'connecting' || is === 'listening' || is === 'waiting';
}

function told(tone: Told['tone'], words: string): Told {
  return { tone, isBusy: false, words };
}
