import type { Random } from '../../random.ts';
import type { PeerItem } from '../case.ts';
import { upgrade } from './items.ts';

/** A strange request for a WebSocket, or another request. */
export function strangeUpgrade(random: Random): PeerItem {
  const head = upgrade().head ?? [];
  const changed = random.weighted<() => readonly string[]>([
    [2, () => head.toSpliced(random.int(0, head.length), 1)],
    [1, () => ['GET / HTTP/1.1', 'Host: a']],
    [1, () => ['POST / HTTP/1.1', 'Host: a', 'Content-Length: 5']],
    [1, () => head.with(4, 'Sec-WebSocket-Version: 12')],
    [1, () => head.with(3, 'Upgrade: h2c')],
    [
      1,
      () => [
        ...head,
        'Sec-WebSocket-Protocol: a, b',
        'Sec-WebSocket-Extensions: permessage-deflate',
      ],
    ],
    [1, () => [...head, `X: ${'x'.repeat(random.int(1, 40_000))}`]],
    [1, () => [random.bytes(random.int(1, 80)).replaceAll(/[\r\n]/g, ' ')]],
    [1, () => head.with(0, `GET /${'a'.repeat(random.int(0, 9_000))} HTTP/1.1`)],
  ])();
  return { kind: 'strange upgrade', head: changed };
}

/** A frame that carries no part of the stream. */
export function strangeFrame(random: Random): PeerItem {
  const kind = 'strange frame';
  const times = random.weighted([
    [3, 1],
    [2, random.int(2, 40)],
    [1, random.int(200, 5_000)],
  ]);
  return random.weighted<() => PeerItem>([
    [3, () => ({ kind: 'ping frame', frame: { opcode: 9, text: random.bytes(5) }, times })],
    [1, () => ({ kind: 'pong frame', frame: { opcode: 10, text: '' }, times })],
    [2, () => ({ kind: 'empty frame', frame: { opcode: 2, text: '' }, times })],
    [1, () => ({ kind, frame: { opcode: 2, text: '', fin: false } })],
    [2, () => ({ kind: 'fragment', frame: { opcode: 0, text: 'x', fin: false }, times })],
    [1, () => ({ kind, frame: { opcode: 1, text: 'text' } })],
    [1, () => ({ kind, frame: { opcode: random.int(0, 16), text: random.bytes(9) } })],
    [1, () => ({ kind, frame: { opcode: 2, text: 'x', unmasked: true } })],
    [1, () => ({ kind, frame: { opcode: 2, text: 'x', rsv: random.int(1, 8) } })],
    [
      1,
      () => ({
        kind,
        frame: { opcode: 2, text: 'x', length: random.pick([126, 70_000, 2 ** 31, 2 ** 40]) },
      }),
    ],
    [
      1,
      () => ({
        kind,
        frame: { opcode: 8, text: random.pick(['', '\x03\xe8', 'x', '\x03\xe8bye']) },
      }),
    ],
  ])();
}
