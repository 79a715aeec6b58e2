import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Refusal } from '../errors.ts';
import { choose } from '../http/accept.ts';
import { envelope } from '../http/envelope.ts';
import type { Occupancy } from '../http/occupancy.ts';
import type { Exchange, PathTable, Route } from '../http/path-table.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import { readRune } from '../http/rune-header.ts';
import type { Limits } from '../limits.ts';
import type { Hearing } from './hearing.ts';
import type { Listener, NotificationHub } from './hub.ts';
import type { Message } from './message.ts';
import { readTopics, type Topics } from './topics.ts';

const EVENT_STREAM = 'text/event-stream';
/** Proxies close what is silent for a minute. */
const HEARTBEAT_MS = 15_000;
/** How long a client should wait before it comes back. */
const RETRY_MS = 3_000;

/** What event streams are made of. */
export interface EventStreamTools {
  readonly hub: NotificationHub;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly occupancy: Occupancy;
}

/** Adds `GET /v1/notifications`: notifications as server-sent events (WHATWG HTML, section 9.2). */
export function addEventStream(paths: PathTable, tools: EventStreamTools): void {
  paths.add('GET', '/v1/notifications', eventStreamRoute(tools));
}

function eventStreamRoute(tools: EventStreamTools): Route {
  const { hub, occupancy } = tools;
  // Sequence numbers begin anew with each start: an id from before must not pass for one of now.
  const epoch = randomBytes(4).toString('hex');
  return async (exchange) => {
    const { request, response } = exchange;
    if (choose(request.headers.accept, [EVENT_STREAM]) === undefined) throw Refusal.of('accept');
    const rune = readRune(request.headers['rune']);
    const topics = topicsOf(request.url ?? '');
    const hearing = await hub.admit(rune, topics);
    if (hearing instanceof Refusal) throw hearing;
    if (response.destroyed) return;
    if (request.method === 'HEAD') {
      writeHead(response);
      response.end();
      return;
    }
    occupancy.welcome(request.socket);
    await stream({ ...tools, exchange, hearing, topics, epoch });
  };
}

function topicsOf(url: string): Topics {
  const query = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
  const topics = readTopics(query.get('topics'));
  if (topics === undefined) throw Refusal.of('bad_topics');
  return topics;
}

interface StreamTools extends EventStreamTools {
  readonly exchange: Exchange;
  readonly hearing: Hearing;
  readonly topics: Topics;
  readonly epoch: string;
}

async function stream(tools: StreamTools): Promise<void> {
  const { exchange, hub, hearing, topics, limits, log, epoch } = tools;
  const { request, response } = exchange;
  let heartbeat: NodeJS.Timeout | undefined;

  const listener: Listener = {
    hearing,
    topics,
    deliver(messages) {
      if (response.writableLength > limits.listenerBytes) {
        log.refused(Refusal.of('slow_listener'), request);
        leave();
        response.destroy();
        return;
      }
      response.write(messages.map((message) => eventText(message, epoch)).join(''));
    },
    end(reason) {
      leave();
      response.end(`event: closed\ndata: ${envelope(reason)}\n\n`);
    },
  };
  function leave(): void {
    clearInterval(heartbeat);
    hub.leave(listener);
  }

  response.once('close', leave);
  const last = lastSequence(request.headers['last-event-id'], epoch);
  const missed = await hub.listen(listener, last === 'none' ? undefined : last);
  if (response.destroyed) {
    leave();
    return;
  }
  writeHead(response);
  response.write(`retry: ${RETRY_MS}\n: listening\n\n`);
  if (missed === undefined) {
    const words = 'Some notifications since then are not held any more';
    response.write(`event: missed\ndata: {"message":"${words}"}\n\n`);
  } else if (missed.length > 0) {
    response.write(missed.map((message) => eventText(message, epoch)).join(''));
  }
  heartbeat = setInterval(() => response.write(':\n\n'), HEARTBEAT_MS);
}

/** The message that the client has had last; -1 for one of another time. */
function lastSequence(id: string | string[] | undefined, epoch: string): number | 'none' {
  if (id === undefined || id === '') return 'none';
  const [, ofEpoch, sequence] = /^([0-9a-f]{8})-([0-9]{1,15})$/.exec(String(id)) ?? [];
  return ofEpoch === epoch ? Number(sequence) : -1;
}

function writeHead(response: ServerResponse): void {
  response.writeHead(200, {
    'Content-Type': EVENT_STREAM,
    'Cache-Control': 'no-store',
    // nginx holds answers back otherwise.
    'X-Accel-Buffering': 'no',
  });
}

/** A line end in a plugin's JSON stands between values, where the stream's own line ends may stand. */
function eventText({ sequence, topic, text }: Message, epoch: string): string {
  const data = text.split(/\r\n|\r|\n/).join('\ndata: ');
  return `id: ${epoch}-${sequence}\nevent: ${topic.replaceAll(/[\r\n]/g, ' ')}\ndata: ${data}\n\n`;
}
