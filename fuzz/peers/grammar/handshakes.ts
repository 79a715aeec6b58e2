import type { Random } from '../../random.ts';
import type { PeerItem } from '../case.ts';
import { handshake, INIT, message, uint16 } from './items.ts';

/** The last byte that a handshake message may have wrong: version, key and tag. */
const ACT_BYTES = { 1: 50, 3: 66 } as const;

/** A handshake with a wrong byte. The server must disconnect without another byte. */
export function spoiledHandshake(random: Random): PeerItem[] {
  const [one, three] = handshake() as [PeerItem, PeerItem];
  const spoil = (act: 1 | 3) => ({
    at: random.int(0, ACT_BYTES[act]),
    xor: random.chance(0.5) ? 1 << random.int(0, 8) : random.int(1, 256),
  });
  const kind = 'spoiled handshake';
  return random.chance(0.5)
    ? [{ ...one, kind, spoil: spoil(1), closes: true }]
    : [one, { ...three, kind, spoil: spoil(3), closes: true }];
}

/** A handshake that stops, goes on with other bytes, or repeats a message. */
export function brokenHandshake(random: Random): PeerItem[] {
  const [one, three] = handshake() as [PeerItem, PeerItem];
  return random.weighted<() => PeerItem[]>([
    [3, () => [one]],
    [2, () => [one, { kind: 'garbage', raw: random.bytes(random.int(1, 66)) }]],
    [2, () => [one, { kind: 'garbage', raw: random.bytes(66), closes: true }]],
    [2, () => [one, { kind: 'garbage', raw: '\0{{\0*65}}', closes: true }]],
    [1, () => [one, one]],
    [2, () => [one, three]],
    [1, () => [one, three, one]],
    [1, () => [one, three, { kind: 'garbage', raw: random.bytes(18), closes: true }]],
  ])();
}

/** Bytes of other protocols, or of none. */
export function notAPeer(random: Random): PeerItem[] {
  const http = `GET /${'x'.repeat(random.int(0, 60))} HTTP/1.1\r\nHost: a\r\n\r\n`;
  return random.weighted<() => PeerItem[]>([
    [2, () => [{ kind: 'garbage', raw: random.bytes(random.int(0, 50)) }]],
    [2, () => [{ kind: 'garbage', raw: random.bytes(random.int(50, 300)), closes: true }]],
    [1, () => [{ kind: 'garbage', raw: `{{\0*${random.int(50, 2_000)}}}`, closes: true }]],
    [1, () => [{ kind: 'http', raw: http }]],
    [1, () => [{ kind: 'tls', raw: `\x16\x03\x01\x02\0\x01\0\x01\xfc${random.bytes(508)}` }]],
    [1, () => []],
  ])();
}

/** What comes in place of `init`, or a strange `init`. */
export function firstMessage(random: Random): PeerItem[] {
  const init = (payload: string): PeerItem => message('strange init', 16, payload);
  const closes = (item: PeerItem): PeerItem => Object.assign({}, item, { closes: true });
  return random.weighted<() => PeerItem[]>([
    [2, () => [closes(message('no init', random.pick([0, 2, 18, 19, 256, 0x4c4f]), ''))]],
    [1, () => [message('error', random.pick([1, 17]), `{{\0*32}}${uint16(3)}bye`)]],
    [2, () => [closes(init(random.bytes(random.int(0, 4))))]],
    [2, () => [init(random.bytes(random.int(4, 300)))]],
    [1, () => [closes(init(uint16(65_535)))]],
    [1, () => [init(`\0\0${uint16(30_000)}{{\xff*30000}}`)]],
    // Another network.
    [2, () => [closes(init(`\0\0\0\0\x01\x20${random.bytes(32)}`))]],
    [1, () => [init(`\0\0\0\0${'\xff'.repeat(random.int(1, 12))}`)]],
    [1, () => [init(`\0\0\0\0\x01${String.fromCharCode(random.int(0, 256))}${random.bytes(40)}`)]],
    [1, () => [INIT, INIT, message('strange init', 16, random.bytes(9))]],
    [1, () => [init('\0\0\0\0{{\x03\x01a*20000}}')]],
  ])();
}
