import { Refusal } from '../refusals.ts';
import { chooseMediaType } from '../http/accept.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { RequestContext } from '../routing/route.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import { readRuneHeader } from '../http/rune-header.ts';
import type { Limits } from '../limits.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { EventEncoder } from './event-encoder.ts';
import type { EventIds } from './event-ids.ts';
import { EventStream, writeHead } from './event-stream.ts';
import type { NotificationHub } from './hub.ts';
import type { SubscriberSlots } from './subscriber-slots.ts';
import { readTopics, type Topics } from './topics.ts';

export interface EventStreamTools {
  readonly hub: NotificationHub;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly metrics: Metrics;
  readonly slots: SubscriberSlots;
  readonly ids: EventIds;
}

/** Adds `GET /v1/notifications`: notifications as server-sent events. */
export function addEventStream(paths: PathTable, tools: EventStreamTools): void {
  const encoder = new EventEncoder(tools.ids);
  paths.add('GET', '/v1/notifications', (context) => serveEvents({ ...tools, context, encoder }));
}

interface EventRequest extends EventStreamTools {
  readonly context: RequestContext;
  readonly encoder: EventEncoder;
}

async function serveEvents(eventRequest: EventRequest): Promise<void> {
  const { context, hub, limits, log, metrics, slots, ids, encoder } = eventRequest;
  const { request, response } = context;
  if (chooseMediaType(request.headers.accept, ['text/event-stream']) === undefined) {
    throw Refusal.of('accept');
  }
  const rune = readRuneHeader(request);
  const topics = topicsOf(request.url ?? '');
  const permissions = await hub.authorize(rune, topics);
  if (permissions instanceof Refusal) throw permissions;
  if (response.destroyed) return;
  if (request.method === 'HEAD') {
    writeHead(response);
    response.end();
    return;
  }
  const release = slots.acquire(request.socket, 'events');
  const stream = new EventStream({
    response,
    permissions,
    topics,
    limits,
    encoder,
    metrics,
    lastDelivered: () => hub.lastDelivered(stream),
    onStalled: () => log.refused(Refusal.of('slow_subscriber'), request),
    onClose: () => {
      hub.unsubscribe(stream);
      release();
    },
  });
  const id = request.headers['last-event-id'] ?? '';
  const after = id === '' ? undefined : await ids.sequenceOf(String(id));
  if (response.destroyed) return;
  const missed = await hub.subscribe(stream, after);
  if (response.destroyed) hub.unsubscribe(stream);
  else await stream.start(missed);
}

function topicsOf(url: string): Topics {
  const query = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
  const topics = readTopics(query.getAll('topics').join(','));
  if (topics === undefined) throw Refusal.of('bad_topics');
  return topics;
}
