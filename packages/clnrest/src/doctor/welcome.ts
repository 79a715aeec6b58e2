import { type CheckName, type Finding, finding, type FindingCode } from './findings.ts';
import { serverWords } from './one-line.ts';

/** What a listener shows. */
export interface Shown {
  /** A rune, for the header. */
  readonly rune: string;
  /** Whether it is a question, which is refused whatever the rune itself allows. */
  readonly isQuestion: boolean;
}

/** What a listener is told that is not let in. */
export interface Refused {
  readonly code: number | undefined;
  readonly message: string;
}

const NOT_PERMITTED = 1502;
const MISSING = 'Missing rune';

/**
 * What it means how a listener was received.
 *
 * @param refused nothing where it was let in
 */
export function welcome(check: CheckName, shown: Shown, refused: Refused | undefined): Finding {
  if (refused === undefined) return finding(check, 'listening', 'the rune is let in to listen');
  const { code, message } = refused;
  if (message.includes(MISSING)) {
    return finding(check, 'rune_lost', 'the header with the rune does not arrive', {
      remedy: 'have the proxy pass the header Rune on, for upgrades and streams, too',
    });
  }
  if (code === NOT_PERMITTED && shown.isQuestion) {
    return finding(
      check,
      'way_open',
      'the way is open; the rune was not shown, as that is one of its uses',
    );
  }
  if (code === NOT_PERMITTED) {
    const found = `the way is open, and the rune does not allow to listen: ${serverWords(message)}`;
    return finding(check, 'not_for_listening', found, {
      remedy: 'whoever is to listen needs one that allows getinfo or listclnrest-notifications',
    });
  }
  const found = `the gateway refuses: ${serverWords(message)}`;
  return finding(check, kindOf(code), found, { remedy: "the node's log has a line about it" });
}

function kindOf(code: number | undefined): FindingCode {
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

/** What to say where no rune is shown. */
export function wayOpen(check: CheckName, why: string): Finding {
  return finding(check, 'way_open', `the way is open; the rune was not shown: ${why}`);
}
