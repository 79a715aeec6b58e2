import type { Ending, Writes } from '../../case.ts';
import { Random } from '../../random.ts';
import { type PeerCase, type PeerItem, SHARED_PEERS } from '../case.ts';
import {
  floodOfCommands,
  hostileJson,
  largeResults,
  strangePieces,
  validCommand,
  waiting,
} from './commands.ts';
import { brokenHandshake, firstMessage, notAPeer, spoiledHandshake } from './handshakes.ts';
import { handshake, INIT, upgrade } from './items.ts';
import { flood, hostileMessage, validMessage } from './messages.ts';
import { strangeFrame, strangeUpgrade } from './web-sockets.ts';

/**
 * Returns the case with a number. It depends only on the seed and the number.
 *
 * @param without - leaves out items that contain one of these words, and all items of cases of these kinds
 */
export function makePeerCase(
  seed: number,
  index: number,
  without: readonly string[] = [],
): PeerCase {
  const whole = wholeCase(seed, index);
  if (without.length === 0) return whole;
  const isOut = (text: string): boolean =>
    without.some((word) => text.toLowerCase().includes(word.toLowerCase()));
  const items = isOut(whole.kind) ? [] : whole.items.filter((item) => !isOut(JSON.stringify(item)));
  return { ...whole, items };
}

type Make = (random: Random) => PeerItem[];

const session: Make = (random) => many(random, 1, 20, validItem);

const KINDS: readonly (readonly [weight: number, kind: string, make: Make])[] = [
  [30, 'session', (r) => opened(session(r))],
  [12, 'hostile session', (r) => opened(many(r, 1, 20, anyItem))],
  [8, 'spoiled handshake', spoiledHandshake],
  [8, 'broken handshake', brokenHandshake],
  [4, 'not a peer', notAPeer],
  [6, 'first message', (r) => [...handshake(), ...firstMessage(r), ...few(r, 2, validItem)]],
  [5, 'flood', (r) => opened([...few(r, 2, validItem), flood(r), ...few(r, 2, validItem)])],
  [3, 'flood of commands', (r) => opened(floodOfCommands(r))],
  [6, 'pieces', (r) => opened(many(r, 1, 4, (each) => strangePieces(each)))],
  [8, 'JSON', (r) => opened(many(r, 1, 4, (each) => hostileJson(each)))],
  [3, 'waiting', (r) => opened([...waiting(r), ...few(r, 3, validItem).map(orTooMany)])],
  [2, 'large results', (r) => opened(largeResults(r))],
];

function wholeCase(seed: number, index: number): PeerCase {
  const random = new Random(seed, index);
  const [kind, make] = random.weighted(
    KINDS.map(([weight, name, maker]) => [weight, [name, maker] as const] as const),
  );
  const made = make(random);
  const transport = random.weighted([
    [6, 'tcp' as const],
    [4, 'websocket' as const],
  ]);
  const items = transport === 'tcp' ? made : overWebSocket(random, made);
  const isShared = random.chance(0.1);
  return {
    kind,
    transport,
    peer: isShared ? random.int(0, SHARED_PEERS) : SHARED_PEERS + index,
    items,
    writes: writes(random, items),
    ending: ending(random, kind),
    ...(random.chance(0.12) ? { cut: cutAt(random) } : {}),
  };
}

/** The item after commands that wait: the peer may have too many to run another one. */
function orTooMany(item: PeerItem): PeerItem {
  return item.reply === undefined ? item : { ...item, reply: [...item.reply, 19_536] };
}

function opened(items: readonly PeerItem[]): PeerItem[] {
  return [...handshake(), INIT, ...items];
}

function validItem(random: Random): PeerItem[] {
  return random.chance(0.6) ? validCommand(random) : [validMessage(random)];
}

function anyItem(random: Random): PeerItem[] {
  return random.weighted<() => PeerItem[]>([
    [5, () => validItem(random)],
    [2, () => [hostileMessage(random)]],
    [1, () => strangePieces(random)],
    [1, () => hostileJson(random)],
  ])();
}

/** Asks for the WebSocket first. Some cases ask in a strange way, or send strange frames. */
function overWebSocket(random: Random, items: readonly PeerItem[]): PeerItem[] {
  if (random.chance(0.1)) return [strangeUpgrade(random), ...items];
  if (!random.chance(0.2)) return [upgrade(), ...items];
  // Between the frames of the stream, also before the end of the handshake.
  const at = random.int(0, items.length + 1);
  const strange = random.times(random.int(1, 4), () => strangeFrame(random));
  // A strange frame can end the connection before what else would end it.
  const rest = items.map(withoutExpectations);
  return [upgrade(), ...rest.slice(0, at), ...strange, ...rest.slice(at)];
}

function withoutExpectations(item: PeerItem): PeerItem {
  const { closes: _, reply: _reply, ...rest } = item;
  return rest;
}

function many(random: Random, from: number, to: number, make: Make): PeerItem[] {
  return random.times(random.int(from, to + 1), () => make(random)).flat();
}

function few(random: Random, most: number, make: Make): PeerItem[] {
  return many(random, 0, most, make);
}

/** Usually within the handshake and the first messages, where each byte has another meaning. */
function cutAt(random: Random): number {
  return random.chance(0.7) ? random.int(0, 200) : random.int(200, 4_000);
}

/** Larger cases would take too long byte by byte. */
const MAX_BYTEWISE_SIZE = 2_000;

function writes(random: Random, items: readonly PeerItem[]): Writes {
  const size = JSON.stringify(items).length;
  const isLarge = size > MAX_BYTEWISE_SIZE || /[0-9]{3}\}\}|"times"/.test(JSON.stringify(items));
  const pieces = random.weighted<Writes['pieces']>([
    [75, 'whole'],
    [isLarge ? 1 : 18, random.int(2, 12)],
    [isLarge ? 0 : 7, 'bytes'],
  ]);
  if (isLarge || pieces === 'whole' || !random.chance(0.1)) return { pieces };
  return { pieces, gapMs: pieces === 'bytes' ? 1 : random.int(1, 30) };
}

function ending(random: Random, kind: string): Ending {
  return random.weighted<Ending>([
    [70, 'read'],
    [10, 'end'],
    [8, 'destroy'],
    [8, 'reset'],
    [1, 'idle'],
    [kind === 'large results' || kind.startsWith('flood') ? 20 : 1, 'never-read'],
  ]);
}
