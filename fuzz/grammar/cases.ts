import type { Ending, FuzzCase, Item, Writes } from '../case.ts';
import { Random } from '../random.ts';
import { endlessBody, hostileBody, hugeBody, unfinishedBody } from './bodies.ts';
import { garbage, mutated, truncated } from './hostile.ts';
import { validRequest, requestItem } from './requests.ts';
import { frames, openWebSocket, polling, spoiledWebSocket } from './socket-io.ts';

/**
 * Returns the case with a number. It depends only on the seed and the number.
 *
 * @param without - leaves out items that contain one of these words, and all items of cases of these kinds
 */
export function makeCase(seed: number, index: number, without: readonly string[] = []): FuzzCase {
  const whole = wholeCase(seed, index);
  if (without.length === 0) return whole;
  const isOut = (text: string): boolean =>
    without.some((word) => text.toLowerCase().includes(word.toLowerCase()));
  const items = isOut(whole.kind) ? [] : whole.items.filter((item) => !isOut(JSON.stringify(item)));
  return { ...whole, items };
}

function wholeCase(seed: number, index: number): FuzzCase {
  const random = new Random(seed, index);
  const [kind, items] = random.weighted([
    [40, ['requests', pipeline] as const],
    [10, ['websocket', webSocket] as const],
    [6, ['polling', polling] as const],
    [6, ['hostile bodies', bodies] as const],
    [3, ['garbage', (r: Random) => [...few(r, 0, 2, validItem), garbage(r)]] as const],
    [0.25, ['huge', (r: Random) => [...few(r, 0, 1, validItem), hugeBody(r)]] as const],
    [0.08, ['endless', (r: Random) => [...few(r, 0, 1, validItem), endlessBody(r)]] as const],
    [0.6, ['unfinished', (r: Random) => [...few(r, 0, 1, validItem), unfinishedBody(r)]] as const],
  ]);
  const made = items(random);
  return {
    kind,
    protocol: random.weighted([
      [65, 'http'],
      [33, 'https'],
      [2, 'plain'],
    ]),
    items: made,
    writes: writes(random, made),
    ending: ending(random),
    ...(random.chance(HALF_OPEN.get(kind) ?? 0.01) ? { halfOpen: true } : {}),
  };
}

/** Returns 1 to 20 pipelined requests, upgrades and other items. */
function pipeline(random: Random): Item[] {
  const count = random.weighted([
    [3, 1],
    [4, random.int(2, 6)],
    [3, random.int(6, 21)],
  ]);
  // Most pipelines are valid throughout: only then are the required responses known.
  const hostile = random.weighted([
    [5, 0],
    [3, 0.15],
    [2, 0.6],
  ]);
  return random.times(count, () =>
    random.chance(hostile) ? hostileItem(random) : validItem(random),
  );
}

function validItem(random: Random): Item {
  return random.weighted<() => Item>([
    [40, () => requestItem(random, validRequest(random))],
    [2, () => requestItem(random, validRequest(random), 'HTTP/1.0')],
    [3, () => offersUpgrade(requestItem(random, validRequest(random)))],
    [1, () => openWebSocket(random)],
    [1, () => connect()],
  ])();
}

function hostileItem(random: Random): Item {
  return random.weighted<() => Item>([
    [10, () => mutated(random, requestItem(random, validRequest(random)))],
    [3, () => truncated(random, requestItem(random, validRequest(random)))],
    [2, () => mutated(random, offersUpgrade(requestItem(random, validRequest(random))))],
    [2, () => spoiledWebSocket(random)],
    [2, () => garbage(random)],
    [1, () => mutated(random, openWebSocket(random))],
    [1, () => frames(random)],
    [2, () => hostileBody(random)],
  ])();
}

function webSocket(random: Random): Item[] {
  const open = random.chance(0.85) ? openWebSocket(random) : spoiledWebSocket(random);
  return [...few(random, 0, 2, validItem), open, ...few(random, 0, 4, frames)];
}

function bodies(random: Random): Item[] {
  return few(random, 1, 4, (r) => (r.chance(0.8) ? hostileBody(r) : validItem(r)));
}

function few(random: Random, from: number, to: number, make: (random: Random) => Item): Item[] {
  return random.times(random.int(from, to + 1), () => make(random));
}

/** Adds an offer to upgrade to HTTP/2, which some clients send with each request and the gateway ignores. */
function offersUpgrade(item: Item): Item {
  const { status: _, ...rest } = item;
  const head = [
    ...(item.head ?? []),
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
  ];
  // The gateway may refuse a body instead of reading it.
  if (item.body !== undefined) return { ...rest, kind: 'upgrade with a body', head };
  return { ...item, kind: 'upgrade', head, last: true };
}

function connect(): Item {
  return {
    kind: 'CONNECT',
    head: ['CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443'],
    status: [405],
    last: true,
  };
}

/** The share of cases of a kind that continue to send after FIN from the server. */
const HALF_OPEN: ReadonlyMap<string, number> = new Map([
  ['endless', 0.5],
  ['unfinished', 0.2],
  ['garbage', 0.05],
]);
/** Larger cases would take too long byte by byte. */
const MAX_BYTEWISE_SIZE = 4_000;

function writes(random: Random, items: readonly Item[]): Writes {
  const size = items.reduce((sum, item) => sum + JSON.stringify(item).length, 0);
  const isLarge = size > MAX_BYTEWISE_SIZE || JSON.stringify(items).includes('000}}');
  const pieces = random.weighted<Writes['pieces']>([
    [75, 'whole'],
    [18, random.int(2, 12)],
    [isLarge ? 0 : 5, 'bytes'],
  ]);
  if (pieces === 'whole' || !random.chance(0.15)) return { pieces };
  return { pieces, gapMs: pieces === 'bytes' ? 1 : random.int(1, 60) };
}

function ending(random: Random): Ending {
  return random.weighted<Ending>([
    [70, 'read'],
    [13, 'end'],
    [7, 'destroy'],
    [7, 'reset'],
    [1, 'idle'],
    [1, 'never-read'],
  ]);
}
