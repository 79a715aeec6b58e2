/** The checks, in the order in which they run. */
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
  'peer',
] as const;

/** The name of a check. */
export type CheckName = (typeof CHECKS)[number];

/** `left_out`: the check was skipped, because it needs one that failed or does not apply. */
export type Status = 'ok' | 'warning' | 'problem' | 'left_out';

/** A possible outcome of a check. */
interface FindingKind {
  readonly status: Status;
  /** The text in the guide's table. */
  readonly means: string;
}

/**
 * All possible findings by their codes, which are stable. `docs/guide/doctor.md` shows this table, and a test compares
 * the two.
 */
export const FINDINGS = {
  // Connection
  name_found: { status: 'ok', means: 'The name resolves to addresses, or is an address.' },
  name_unknown: { status: 'problem', means: 'The name does not exist.' },
  name_of_tor: {
    status: 'problem',
    means: 'The name ends in .onion: only Tor can reach it.',
  },
  name_unresolved: { status: 'problem', means: 'The name server does not answer.' },
  port_open: { status: 'ok', means: 'The port accepts connections.' },
  port_partly: {
    status: 'warning',
    means: 'The port accepts connections at only some addresses of the name.',
  },
  port_refused: { status: 'problem', means: 'Nothing listens on the port.' },
  port_filtered: {
    status: 'problem',
    means: 'The port does not respond: a firewall probably drops the packets.',
  },
  port_unreachable: { status: 'problem', means: 'The address is not reachable.' },
  speaks_https: { status: 'ok', means: 'The server speaks TLS, as the URL says.' },
  speaks_http: { status: 'ok', means: 'The server speaks HTTP without TLS, as the URL says.' },
  in_the_clear: {
    status: 'warning',
    means:
      'The URL is plain http to another machine: anyone on the network path can read the rune.',
  },
  wrong_protocol: {
    status: 'problem',
    means: 'The URL says http and the server speaks https, or the reverse.',
  },
  not_http: { status: 'problem', means: 'The server speaks neither http nor https.' },
  handshake_refused: {
    status: 'problem',
    means: 'The server speaks TLS, but the handshake fails.',
  },
  // Certificate
  authority_read: { status: 'ok', means: 'The trusted certificate authority was read.' },
  authority_of_system: {
    status: 'ok',
    means: 'No certificate authority was given: the public ones are trusted.',
  },
  authority_missing: { status: 'problem', means: 'The CA file does not exist.' },
  authority_unreadable: { status: 'problem', means: 'The CA file cannot be read.' },
  authority_malformed: { status: 'problem', means: 'The CA file contains no certificate.' },
  authority_is_none: {
    status: 'problem',
    means: 'The CA file contains a server or client certificate, not a certificate authority.',
  },
  authority_over: {
    status: 'problem',
    means: 'The certificate authority is expired or not yet valid.',
  },
  authority_with_key: {
    status: 'warning',
    means: 'The CA file also contains a private key, which should stay on the node.',
  },
  signature_trusted: {
    status: 'ok',
    means: "The trusted authority signed the server's certificate.",
  },
  self_signed: { status: 'problem', means: 'The certificate is self-signed.' },
  authority_replaced: {
    status: 'problem',
    means: 'An authority with the same name but another key signed the certificate.',
  },
  authority_not_needed: {
    status: 'problem',
    means: 'A public authority signed the certificate, not the given one.',
  },
  authority_unknown: {
    status: 'problem',
    means: 'An untrusted authority signed the certificate.',
  },
  purpose_wrong: { status: 'problem', means: 'The certificate is not a server certificate.' },
  signature_refused: {
    status: 'problem',
    means: 'The certificate is rejected for another reason.',
  },
  host_named: { status: 'ok', means: "The certificate covers the URL's host." },
  host_not_named: { status: 'problem', means: "The certificate does not cover the URL's host." },
  dates_valid: { status: 'ok', means: 'The certificate is currently valid.' },
  dates_ending: {
    status: 'warning',
    means: 'The certificate expires within thirty days.',
  },
  dates_over: { status: 'problem', means: 'The certificate has expired.' },
  dates_not_begun: { status: 'problem', means: 'The certificate is not yet valid.' },
  // Gateway
  gateway_answers: { status: 'ok', means: "A gateway lists its node's commands." },
  gateway_differs: {
    status: 'warning',
    means: 'A gateway answers in another format: it is probably the built-in plugin.',
  },
  not_gateway: { status: 'problem', means: 'The server is not a gateway.' },
  redirected: { status: 'problem', means: 'The server redirects to another URL.' },
  guarded: {
    status: 'problem',
    means: 'A proxy in front of the gateway requires authentication.',
  },
  client_certificate: { status: 'problem', means: 'The server requires a client certificate.' },
  gateway_unreached: { status: 'problem', means: 'A proxy answers, but cannot reach the gateway.' },
  node_away: { status: 'problem', means: 'The gateway cannot reach its node.' },
  node_silent: {
    status: 'problem',
    means: 'The node or the gateway does not answer in time.',
  },
  busy: { status: 'problem', means: 'The gateway is overloaded or shutting down.' },
  request_refused: { status: 'problem', means: 'The gateway rejects the request, with a reason.' },
  broken_off: {
    status: 'problem',
    means: 'The connection broke before the response was complete.',
  },
  timed_out: { status: 'problem', means: 'No response arrived within the time limit.' },
  too_large: { status: 'problem', means: 'The response exceeds the size limit.' },
  clock_right: { status: 'ok', means: "The server's clock and this machine's agree." },
  clock_differs: { status: 'warning', means: 'The clocks differ by more than ten seconds.' },
  clock_wrong: { status: 'problem', means: 'The clocks differ by an hour or more.' },
  // Rune
  rune_read: { status: 'ok', means: 'The rune is well-formed; the report shows what it allows.' },
  rune_missing: { status: 'warning', means: 'No rune was given.' },
  rune_malformed: { status: 'problem', means: 'The text is not a valid rune.' },
  rune_unrestricted: { status: 'warning', means: 'The rune allows every command.' },
  rune_doubtful: { status: 'warning', means: 'The rune probably contains a mistake.' },
  rune_expired: { status: 'problem', means: 'The rune has expired.' },
  rune_useless: { status: 'problem', means: 'No call can satisfy the rune.' },
  rune_known: { status: 'ok', means: 'The node accepts the rune, and it can be used now.' },
  rune_too_soon: {
    status: 'warning',
    means: 'The node accepts the rune, but its rate limit is used up for now.',
  },
  rune_foreign: { status: 'problem', means: 'The rune belongs to another node.' },
  rune_of_other_version: {
    status: 'problem',
    means: 'The rune has a version, and nodes accept only runes without one.',
  },
  rune_blacklisted: { status: 'problem', means: 'The rune is blacklisted.' },
  rune_lost: {
    status: 'problem',
    means: 'The rune does not reach the gateway: a proxy drops the header.',
  },
  rune_ignored: {
    status: 'problem',
    means: 'The server runs commands even with a rune that allows nothing.',
  },
  // Subscriptions and CORS
  listening: { status: 'ok', means: 'The server accepts the subscription.' },
  way_open: {
    status: 'ok',
    means: 'The endpoint is reachable; the rune itself was not sent.',
  },
  not_for_listening: {
    status: 'warning',
    means: 'The endpoint is reachable, but the rune does not allow subscriptions.',
  },
  not_offered: { status: 'warning', means: 'The server does not offer this transport.' },
  upgrade_lost: {
    status: 'problem',
    means: 'The websocket request arrives without its upgrade: a proxy drops it.',
  },
  upgrade_refused: { status: 'problem', means: 'The server refuses the websocket upgrade.' },
  held_back: {
    status: 'problem',
    means: 'The stream opens, but no data arrives: a proxy buffers it.',
  },
  origin_allowed: { status: 'ok', means: 'Pages from that origin can send requests with a rune.' },
  origin_refused: { status: 'problem', means: 'Pages from that origin cannot send requests.' },
  // Nodes over the Lightning protocol
  peer_served: {
    status: 'ok',
    means: 'The node completes the handshake with its id, and answers commando.',
  },
  peer_unreachable: {
    status: 'problem',
    means: 'The address accepts no connections.',
  },
  peer_unknown: {
    status: 'problem',
    means:
      'The handshake fails: the node has another id, or the address is not of a Lightning node.',
  },
  peer_silent: {
    status: 'problem',
    means: 'The handshake is not complete within the time limit.',
  },
  commando_silent: {
    status: 'problem',
    means: 'The node accepts the connection, but does not answer commando.',
  },
  peer_broken_off: { status: 'problem', means: 'The node ends the connection.' },
  left_out: { status: 'left_out', means: 'Skipped; the reason is shown.' },
} as const satisfies Record<string, FindingKind>;

/** The stable code of a finding. */
export type FindingCode = keyof typeof FINDINGS;

/** The outcome of one check. */
export interface Finding {
  readonly check: CheckName;
  readonly code: FindingCode;
  readonly status: Status;
  /** The result, on one line. */
  readonly found: string;
  /** The action to take. */
  readonly remedy: string | undefined;
  /** Additional lines. */
  readonly details: readonly string[];
}

/** Creates a finding, with the status that belongs to its code. */
export function finding(
  check: CheckName,
  code: FindingCode,
  found: string,
  more: { readonly remedy?: string; readonly details?: readonly string[] } = {},
): Finding {
  const { remedy, details = [] } = more;
  return { check, code, status: FINDINGS[code].status, found, remedy, details };
}

/** Creates the finding of a check that did not run. */
export function skipped(check: CheckName, why: string): Finding {
  return finding(check, 'left_out', why);
}
