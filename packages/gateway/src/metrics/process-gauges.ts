import { X509Certificate } from 'node:crypto';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { Counter, type Family, Gauge } from './families.ts';

const NANOSECONDS = 1e9;
/** Milliseconds between two measurements of the event loop. */
const RESOLUTION_MS = 20;

/** Facts about the process that serves HTTP. */
export interface ProcessFacts {
  readonly version: string;
  /** How often the process has been restarted since the plugin started. */
  readonly restarts: number;
  /** The certificate that is served, as PEM; undefined with plain HTTP. */
  readonly certificate: () => string | undefined;
}

/** Returns the families about the process itself. */
export function processGauges({ version, restarts, certificate }: ProcessFacts): Family[] {
  const delay = new EventLoopDelay();
  const restarted = new Counter({
    name: 'clnrest_http_process_restarts_total',
    help: 'Restarts of the process that serves HTTP.',
  });
  restarted.add([], restarts);
  return [
    new Gauge(
      { name: 'clnrest_build_info', help: 'The version, as a label.', labels: ['version'] },
      () => [[[version], 1]],
    ),
    restarted,
    new Gauge(
      {
        name: 'clnrest_certificate_expiry_timestamp_seconds',
        help: 'When the certificate of the server expires, in seconds since 1970.',
      },
      () => expiry(certificate()),
    ),
    new Gauge(
      {
        name: 'clnrest_event_loop_delay_seconds',
        help: 'Delay of the event loop since the previous request for metrics.',
        labels: ['statistic'],
      },
      () => delay.read(),
    ),
    new Gauge(
      { name: 'process_resident_memory_bytes', help: 'Resident memory of the HTTP process.' },
      () => process.memoryUsage.rss(),
    ),
    new Gauge(
      {
        name: 'process_start_time_seconds',
        help: 'When the HTTP process started, in seconds since 1970.',
      },
      () => performance.timeOrigin / 1_000,
    ),
  ];
}

function expiry(pem: string | undefined): readonly (readonly [[], number])[] {
  if (pem === undefined) return [];
  return [[[], Date.parse(new X509Certificate(pem).validTo) / 1_000]];
}

/** Measures the event loop from the first request for metrics on: the measurement needs a timer. */
class EventLoopDelay {
  #histogram: IntervalHistogram | undefined;

  read(): readonly (readonly [readonly [string], number])[] {
    if (this.#histogram === undefined) {
      this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
      this.#histogram.enable();
      return [];
    }
    const { mean, max } = this.#histogram;
    this.#histogram.reset();
    // The mean of no observations is not a number.
    return Number.isNaN(mean)
      ? []
      : [
          [['mean'], beyondResolution(mean)],
          [['max'], beyondResolution(max)],
        ];
  }
}

/** Node measures the time between two timers, which is the resolution if nothing delays them. */
function beyondResolution(nanoseconds: number): number {
  return Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS / 1_000);
}
