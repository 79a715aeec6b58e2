import { randomBytes } from 'node:crypto';
import { Refusal } from '../errors.ts';
import { chooseMediaType } from '../http/accept.ts';
import type { PathTable } from '../routing/path-table.ts';
import type { RequestContext } from '../routing/route.ts';
import type { RefusalLog } from '../http/refusal-log.ts';
import { readRune } from '../http/rune-header.ts';
import type { Limits } from '../limits.ts';
import { EventStream, EventWords, writeHead } from './event-stream.ts';
import type { NotificationHub } from './hub.ts';
import type { Seats } from './seats.ts';
import { readTopics, type Topics } from './topics.ts';

/** What event streams need. */
export interface EventStreamTools {
  readonly hub: NotificationHub;
  readonly limits: Limits;
  readonly log: RefusalLog;
  readonly seats: Seats;
  readonly restored?: { readonly epoch: string } | undefined;
}

/** Adds `GET /v1/notifications`: notifications as server-sent events. */
export function addEventStream(paths: PathTable, tools: EventStreamTools): void {
  // Sequence numbers begin anew with each start: an id from before must not pass for one of now.
  const epoch = tools.restored?.epoch ?? randomBytes(4).toString('hex');
  const words = new EventWords(epoch);
  paths.add('GET', '/v1/notifications', (context) => attend({ ...tools, context, epoch, words }));
}

interface Attendance extends EventStreamTools {
  readonly context: RequestContext;
  readonly epoch: string;
  readonly words: EventWords;
}

async function attend(attendance: Attendance): Promise<void> {
  const { context, hub, limits, log, seats, epoch, words } = attendance;
  const { request, response } = context;
  if (chooseMediaType(request.headers.accept, ['text/event-stream']) === undefined) {
    throw Refusal.of('accept');
  }
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
  const release = seats.acquire(request.socket);
  const stream = new EventStream({
    response,
    hearing,
    topics,
    limits,
    words,
    delivered: () => hub.deliveredTo(stream),
    stalled: () => log.refused(Refusal.of('slow_subscriber'), request),
    left: () => {
      hub.leave(stream);
      release();
    },
  });
  const missed = await hub.listen(stream, lastSequence(request.headers['last-event-id'], epoch));
  if (response.destroyed) hub.leave(stream);
  else await stream.begin(missed);
}

function topicsOf(url: string): Topics {
  const query = new URLSearchParams(/\?([^#]*)/.exec(url)?.[1] ?? '');
  const topics = readTopics(query.getAll('topics').join(','));
  if (topics === undefined) throw Refusal.of('bad_topics');
  return topics;
}

/** The message that the client has had last, if it says so; -1 for one of another time. */
function lastSequence(id: string | string[] | undefined, epoch: string): number | undefined {
  if (id === undefined || id === '') return undefined;
  const [, ofEpoch, sequence] = /^([0-9a-f]{8})-([0-9]{1,15})$/.exec(String(id)) ?? [];
  return ofEpoch === epoch ? Number(sequence) : -1;
}
