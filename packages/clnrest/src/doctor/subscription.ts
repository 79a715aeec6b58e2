import { type CheckName, type Finding, finding, type FindingCode } from './findings.ts';
import { serverText } from './one-line.ts';

/** The rune that a subscriber sends. */
export interface Credential {
  /** The value of the header. */
  readonly rune: string;
  /** Whether the node refuses the rune even if it would allow the original. */
  readonly isDryRun: boolean;
}

/** The error that a subscriber receives when the server refuses the subscription. */
export interface SubscribeError {
  readonly code: number | undefined;
  readonly message: string;
}

const NOT_PERMITTED = 1502;
const MISSING = 'Missing rune';

/**
 * Returns the finding for the outcome of a subscription.
 *
 * @param error undefined if the server accepted the subscription
 */
export function subscriptionFinding(
  check: CheckName,
  credential: Credential,
  error: SubscribeError | undefined,
): Finding {
  if (error === undefined) return finding(check, 'listening', 'the server accepts subscriptions');
  const { code, message } = error;
  if (message.includes(MISSING)) {
    return finding(check, 'rune_lost', 'the Rune header does not reach the gateway', {
      remedy: 'configure the proxy to forward the Rune header, also for upgrades and streams',
    });
  }
  if (code === NOT_PERMITTED && credential.isDryRun) {
    return reachableFinding(check, 'a subscription would count as a use of the rune');
  }
  if (code === NOT_PERMITTED) {
    const found = `reachable, but the rune does not allow subscriptions: ${serverText(message)}`;
    return finding(check, 'not_for_listening', found, {
      remedy: 'to subscribe, use a rune that allows getinfo or listclnrest-notifications',
    });
  }
  const found = `the gateway refuses: ${serverText(message)}`;
  return finding(check, findingCode(code), found, {
    remedy: "see the node's log for the reason",
  });
}

function findingCode(code: number | undefined): FindingCode {
  switch (code) {
    case 1501:
      return 'rune_foreign';
    case 1503:
      return 'rune_blacklisted';
    case -32000:
      return 'node_away';
    case -32001:
      return 'busy';
    case -32002:
      return 'node_silent';
    default:
      return 'request_refused';
  }
}

/** Returns the finding for a transport that was checked without sending the rune. */
export function reachableFinding(check: CheckName, why: string): Finding {
  return finding(check, 'way_open', `reachable; the rune was not sent: ${why}`);
}

/** Returns the finding for a server without Socket.IO (status 404). */
export function socketIoNotOffered(check: CheckName): Finding {
  return finding(check, 'not_offered', 'the server does not offer Socket.IO', {
    remedy:
      'update the gateway if its version lacks Socket.IO; if a proxy is in front of it, forward /socket.io/',
  });
}
