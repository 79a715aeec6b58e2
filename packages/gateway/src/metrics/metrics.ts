import { Counter, type Family, Histogram } from './families.ts';

/** Who decided about a rune. */
export type Judge = 'gateway' | 'node';

/**
 * What the gateway counts, in Prometheus' text format. Labels hold names of commands, statuses and kinds of refusals, and
 * nothing that identifies a caller.
 */
export class Metrics {
  readonly calls = new Counter({
    name: 'clnrest_calls_total',
    help: 'Calls that a rune allowed, by command and HTTP status; 0 if the client disconnected.',
    labels: ['command', 'status'],
  });
  readonly callSeconds = new Histogram({
    name: 'clnrest_call_duration_seconds',
    help: 'Time from the head of the request to the end of the response.',
    labels: ['command'],
  });
  readonly nodeSeconds = new Histogram({
    name: 'clnrest_node_wait_seconds',
    help: 'Time until the node began its result.',
  });
  readonly judgeSeconds = new Histogram({
    name: 'clnrest_rune_check_seconds',
    help: 'Time for the check of a rune, by the part that decided.',
    labels: ['judge'],
  });
  readonly refusals = new Counter({
    name: 'clnrest_refusals_total',
    help: 'Requests that were refused or failed, by kind: see the error reference.',
    labels: ['kind'],
  });
  readonly mismatches = new Counter({
    name: 'clnrest_judge_mismatches_total',
    help: "Verdicts of the gateway that differ from the node's. After the first, the node checks all runes.",
  });
  readonly notifications = new Counter({
    name: 'clnrest_notifications_total',
    help: "The node's notifications.",
  });
  readonly delivered = new Counter({
    name: 'clnrest_notifications_delivered_total',
    help: 'Notifications sent, counted for each subscriber.',
    labels: ['transport'],
  });
  readonly dropped = new Counter({
    name: 'clnrest_notifications_dropped_total',
    help: 'Notifications not sent to a subscriber that was disconnected because it did not read.',
    labels: ['transport'],
  });
  readonly missed = new Counter({
    name: 'clnrest_notifications_missed_total',
    help: 'Events `missed`, which report a gap to a subscriber.',
  });
  readonly #families: Family[] = [
    this.calls,
    this.callSeconds,
    this.nodeSeconds,
    this.judgeSeconds,
    this.refusals,
    this.mismatches,
    this.notifications,
    this.delivered,
    this.dropped,
    this.missed,
  ];

  /** Adds a family that another part reads. */
  add(family: Family): void {
    this.#families.push(family);
  }

  render(): string {
    return this.#families.map((family) => family.render()).join('');
  }
}
