import type { Random } from '../../random.ts';
import type { PeerItem } from '../case.ts';
import { message, uint16 } from './items.ts';

const PING = 18;
const PONG = 19;

/** A message that a well-behaved peer may send. */
export function validMessage(random: Random): PeerItem {
  return random.weighted<() => PeerItem>([
    [
      3,
      () =>
        ping(
          random.weighted([
            [3, random.int(0, 300)],
            [1, 65_531],
          ]),
          random.int(0, 200),
        ),
    ],
    [1, () => ping(65_535, 0)],
    [2, () => message('odd', 40_001 + 2 * random.int(0, 1_000), random.bytes(random.int(0, 200)))],
    [1, () => message('odd', random.pick([257, 259, 261, 263, 265]), random.bytes(40))],
  ])();
}

function ping(pongBytes: number, fillerBytes: number): PeerItem {
  const payload = `${uint16(pongBytes)}${uint16(fillerBytes)}{{\0*${fillerBytes}}}`;
  return message('ping', PING, fillerBytes === 0 ? payload.slice(0, 4) : payload);
}

/** A message that ends the connection, or should be ignored. */
export function hostileMessage(random: Random): PeerItem {
  const anything = random.bytes(random.int(0, 300));
  const spoil = { at: random.int(-40, 40), xor: random.int(1, 256) };
  return random.weighted<() => PeerItem>([
    [3, () => ({ ...validMessage(random), kind: 'spoiled', spoil, closes: true })],
    [2, () => ({ ...message('even', 40_000 + 2 * random.int(0, 1_000), anything), closes: true })],
    [1, () => ({ ...message('bad ping', PING, random.bytes(random.int(0, 4))), closes: true })],
    [1, () => ({ ...message('bad ping', PING, `\0\x01${uint16(9)}abc`), closes: true })],
    [1, () => ({ ...message('bad pong', PONG, `${uint16(9)}abc`), closes: true })],
    [2, () => message('pong', PONG, `${uint16(3)}abc`)],
    [2, () => message('any type', random.int(0, 65_536), anything)],
    [1, () => message('error', random.pick([1, 17]), anything)],
    [1, () => message('warning', 1, `{{\0*32}}${uint16(60_000)}{{\x1b*60000}}`)],
    [2, () => ({ ...validMessage(random), kind: 'wrong length', length: random.int(0, 65_536) })],
    [1, () => ({ kind: 'garbage', raw: random.bytes(random.int(18, 200)), closes: true })],
    [1, () => ({ kind: 'garbage', raw: random.bytes(random.int(1, 18)) })],
  ])();
}

/** Many messages, as fast as possible. */
export function flood(random: Random): PeerItem {
  const times = random.weighted([
    [4, random.int(50, 600)],
    [1, random.int(1_000, 4_000)],
  ]);
  return random.weighted<() => PeerItem>([
    [2, () => ({ ...ping(random.int(0, 100), 0), kind: 'flood of pings', times })],
    [2, () => ({ ...ping(65_531, 0), kind: 'flood of large pongs', times })],
    [1, () => ({ ...ping(65_535, 60_000), kind: 'flood of large pings', times: times >> 4 })],
    [2, () => ({ ...message('flood of odd', 40_001, ''), times })],
    [1, () => ({ ...message('flood of large odd', 40_001, '{{x*65000}}'), times: times >> 4 })],
    [1, () => ({ ...message('flood of errors', 17, `{{\0*34}}{{e*900}}`), times })],
    [1, () => ({ ...message('flood of pongs', PONG, '\0\0'), times })],
  ])();
}
