/** What is looked at, in this order. */
export const CHECKS = [
  'name',
  'port',
  'protocol',
  'authority',
  'signature',
  'host',
  'dates',
  'gateway',
  'clock',
  'rune',
  'node',
  'polling',
  'websocket',
  'events',
  'origin',
] as const;

/** The name of something that is looked at. */
export type CheckName = (typeof CHECKS)[number];

/** `left_out`: it could not be looked at, or need not be. */
export type Status = 'ok' | 'warning' | 'problem' | 'left_out';

/** A way in which a check may come out. */
interface FindingKind {
  readonly status: Status;
  /** The text of the guide's table. */
  readonly means: string;
}

/**
 * Everything that may be found, by a name that stays. `docs/guide/doctor.md` shows this table, and a
 * test holds it to that.
 */
export const FINDINGS = {
  // The way there.
  name_found: { status: 'ok', means: 'The name leads to addresses, or is one.' },
  name_unknown: { status: 'problem', means: 'Nobody knows the name.' },
  name_of_tor: { status: 'problem', means: 'The name ends in .onion, which only Tor knows.' },
  name_unresolved: { status: 'problem', means: 'Whoever resolves names gave no answer.' },
  port_open: { status: 'ok', means: 'The port accepts connections.' },
  port_partly: { status: 'warning', means: 'It does so at some of the addresses of that name.' },
  port_refused: { status: 'problem', means: 'Nothing listens there.' },
  port_filtered: { status: 'problem', means: 'No answer: something on the way drops it.' },
  port_unreachable: { status: 'problem', means: 'There is no way to that address.' },
  speaks_https: { status: 'ok', means: 'The server speaks TLS, as the URL says.' },
  speaks_http: { status: 'ok', means: 'The server speaks HTTP without TLS, as the URL says.' },
  in_the_clear: {
    status: 'warning',
    means: 'So it does, to another machine: the rune goes there for everyone to read.',
  },
  wrong_protocol: {
    status: 'problem',
    means: 'It is https where the URL says http, or otherwise.',
  },
  not_http: { status: 'problem', means: 'The server speaks neither.' },
  handshake_refused: { status: 'problem', means: 'The server speaks TLS, but not with us.' },
  // The certificate.
  authority_read: { status: 'ok', means: 'The certificate authority to trust could be read.' },
  authority_of_system: {
    status: 'ok',
    means: 'None was given: those that every program trusts are trusted.',
  },
  authority_missing: { status: 'problem', means: 'There is no such file.' },
  authority_unreadable: { status: 'problem', means: 'The file can not be read.' },
  authority_malformed: { status: 'problem', means: 'There is no certificate in it.' },
  authority_is_none: {
    status: 'problem',
    means: 'The certificate in it is of a server or a client, not of an authority.',
  },
  authority_over: { status: 'problem', means: 'The authority is no longer valid, or not yet.' },
  authority_with_key: {
    status: 'warning',
    means: 'The file holds a private key, too, which should not leave the node.',
  },
  signature_trusted: { status: 'ok', means: "The server's certificate was signed by it." },
  self_signed: { status: 'problem', means: 'The certificate was signed by nobody but itself.' },
  authority_replaced: {
    status: 'problem',
    means: 'An authority of that name has signed it, but another one: it was made anew.',
  },
  authority_not_needed: {
    status: 'problem',
    means: 'It was signed by one that every program trusts, not by the given one.',
  },
  authority_unknown: {
    status: 'problem',
    means: 'It was signed by an authority that is not trusted.',
  },
  purpose_wrong: { status: 'problem', means: 'The certificate is not for servers.' },
  signature_refused: { status: 'problem', means: 'It is not accepted for another reason.' },
  host_named: { status: 'ok', means: 'The certificate names the host of the URL.' },
  host_not_named: { status: 'problem', means: 'It names others.' },
  dates_valid: { status: 'ok', means: 'The certificate is valid now.' },
  dates_ending: { status: 'warning', means: 'It is, for less than thirty days.' },
  dates_over: { status: 'problem', means: 'It is no longer valid.' },
  dates_not_begun: { status: 'problem', means: 'It is not valid yet.' },
  // Whoever answers.
  gateway_answers: { status: 'ok', means: 'A gateway tells the commands of its node.' },
  gateway_differs: {
    status: 'warning',
    means: 'A gateway tells them, in another form than this one: perhaps the built-in plugin.',
  },
  not_gateway: { status: 'problem', means: 'Something else answers than a gateway.' },
  redirected: { status: 'problem', means: 'The answer is to go elsewhere.' },
  guarded: { status: 'problem', means: 'Something before the gateway wants to know who asks.' },
  client_certificate: { status: 'problem', means: 'The server asks for a certificate of ours.' },
  gateway_unreached: {
    status: 'problem',
    means: 'A proxy answers, and does not reach the gateway behind it.',
  },
  node_away: { status: 'problem', means: 'The gateway does not reach its node.' },
  node_silent: { status: 'problem', means: 'The node, or the gateway, does not answer in time.' },
  busy: { status: 'problem', means: 'The gateway has too much to do, or is being stopped.' },
  request_refused: {
    status: 'problem',
    means: 'The gateway does not take the request, and says why.',
  },
  broken_off: {
    status: 'problem',
    means: 'The connection broke before the whole answer was there.',
  },
  timed_out: { status: 'problem', means: 'There was no answer within the time.' },
  too_large: { status: 'problem', means: 'The answer does not end.' },
  clock_right: { status: 'ok', means: "The server's clock and this one agree." },
  clock_differs: { status: 'warning', means: 'They differ by more than ten seconds.' },
  clock_wrong: { status: 'problem', means: 'They differ by an hour or more.' },
  // The rune.
  rune_read: { status: 'ok', means: 'The rune is well-formed; in words, what it allows.' },
  rune_missing: { status: 'warning', means: 'No rune was given.' },
  rune_malformed: { status: 'problem', means: 'It is no rune.' },
  rune_unrestricted: { status: 'warning', means: 'It allows everything.' },
  rune_doubtful: { status: 'warning', means: 'It says what its author may not have meant.' },
  rune_expired: { status: 'problem', means: 'Its time is over.' },
  rune_useless: { status: 'problem', means: 'No call can satisfy it.' },
  rune_known: { status: 'ok', means: 'The node knows the rune, and it may be used now.' },
  rune_too_soon: { status: 'warning', means: 'The node knows it; its rate is used up just now.' },
  rune_foreign: { status: 'problem', means: "The rune is not one of this node's." },
  rune_of_other_version: {
    status: 'problem',
    means: 'The rune has a version, which no node accepts.',
  },
  rune_blacklisted: { status: 'problem', means: 'The rune was taken back.' },
  rune_lost: {
    status: 'problem',
    means: 'The rune does not arrive: something on the way drops it.',
  },
  rune_ignored: {
    status: 'problem',
    means: 'The server runs commands with a rune that allows nothing.',
  },
  // Listening, and asking from a page.
  listening: { status: 'ok', means: 'The rune is let in to listen.' },
  way_open: { status: 'ok', means: 'The way is open; the rune itself was not shown.' },
  not_for_listening: {
    status: 'warning',
    means: 'The way is open; the rune does not allow to listen.',
  },
  not_offered: { status: 'warning', means: 'The server has nothing of that kind.' },
  upgrade_lost: {
    status: 'problem',
    means: 'A websocket was asked for, and the server has not heard of it: a proxy drops that.',
  },
  upgrade_refused: { status: 'problem', means: 'The server gives no websocket.' },
  held_back: {
    status: 'problem',
    means: 'The stream begins and nothing comes: a proxy holds it back.',
  },
  origin_allowed: { status: 'ok', means: 'Pages of that origin may ask, with a rune.' },
  origin_refused: { status: 'problem', means: 'Pages of that origin may not ask.' },
  left_out: { status: 'left_out', means: 'It was not looked at, for the reason that is told.' },
} as const satisfies Record<string, FindingKind>;

/** The stable name of something that was found. */
export type FindingCode = keyof typeof FINDINGS;

/** What one check has found. */
export interface Finding {
  readonly check: CheckName;
  readonly code: FindingCode;
  readonly status: Status;
  /** What is the case, on one line. */
  readonly found: string;
  /** What to do about it. */
  readonly remedy: string | undefined;
  /** More to know, a line each. */
  readonly details: readonly string[];
}

/** A finding of the kind that its code says. */
export function finding(
  check: CheckName,
  code: FindingCode,
  found: string,
  more: { readonly remedy?: string; readonly details?: readonly string[] } = {},
): Finding {
  const { remedy, details = [] } = more;
  return { check, code, status: FINDINGS[code].status, found, remedy, details };
}

/** Says of a check that it was not made, and why. */
export function leftOut(check: CheckName, why: string): Finding {
  return finding(check, 'left_out', why);
}
