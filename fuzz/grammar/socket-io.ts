import type { Frame, Item } from '../case.ts';
import type { Random } from '../random.ts';

/** Valid and invalid packets of Engine.IO and Socket.IO. */
const PACKETS = [
  '40{"rune":"{{rune}}"}',
  '40{"rune":"{{rune}}","topics":"invoice_creation"}',
  '40{"rune":"{{readonly}}","topics":["a","b"]}',
  '40{"rune":"{{foreign}}"}',
  '40{"rune":{"a":1}}',
  '40{"rune":"{{A*9000}}"}',
  '40{"topics":{"__proto__":1}}',
  '40',
  '40{',
  '40null',
  '40/other,{}',
  '40/{{n*3000}},',
  '42["message","hello"]',
  '42["message","{{m*60000}}"]',
  '42["message",{{[*5000}}',
  '42["message"]',
  '42["connect"]',
  '42["disconnect"]',
  '42["__proto__"]',
  '42[]',
  '42[1]',
  '42{}',
  '42',
  '4212["message","wants an acknowledgement"]',
  '42{{9*400}}["message","x"]',
  '43["x"]',
  '431[]',
  '44"x"',
  '45',
  '451-["message",{"_placeholder":true,"num":0}]',
  '451-["message",{"_placeholder":true,"num":9}]',
  '4599999999-["message"]',
  '45-',
  '461-1["x"]',
  '41',
  '49',
  '4',
  '0',
  '1',
  '2',
  '2probe',
  '3',
  '3probe',
  '5',
  '6',
  '7',
  'b',
  'bAAAA',
  '',
  '\xff',
] as const;

const HANDSHAKE = [
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
  'Host: fuzz',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==',
] as const;

/**
 * Returns an upgrade to a websocket. The gateway accepts it on an idle connection, and declines it while a response is
 * pending.
 */
export function openWebSocket(random: Random): Item {
  const extras = random.pick([
    [],
    [],
    ['Rune: {{rune}}'],
    ['Rune: {{foreign}}'],
    ['Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits'],
    ['Sec-WebSocket-Protocol: chat'],
    ['Origin: https://fuzz.example'],
  ]);
  return { kind: 'websocket', head: [...HANDSHAKE, ...extras], status: [101, 400], last: true };
}

/** Returns an invalid upgrade. */
export function spoiledWebSocket(random: Random): Item {
  const head: string[] = [...HANDSHAKE];
  const [line, by] = random.pick([
    [0, 'GET /socket.io/?EIO=3&transport=websocket HTTP/1.1'],
    [0, 'GET /socket.io/?EIO=4&transport=polling HTTP/1.1'],
    [0, 'GET /socket.io/?transport=websocket HTTP/1.1'],
    [0, 'GET /socket.io/?EIO=4&transport=websocket&sid={{sid}} HTTP/1.1'],
    [0, 'GET /socket.io/ HTTP/1.1'],
    [0, 'GET /elsewhere HTTP/1.1'],
    [0, 'POST /socket.io/?EIO=4&transport=websocket HTTP/1.1'],
    [0, 'GET /socket.io/?EIO=4&transport=websocket HTTP/1.0'],
    [2, 'Connection: keep-alive'],
    [3, 'Upgrade: websocket, h2c'],
    [3, 'Upgrade: h2c'],
    [4, 'Sec-WebSocket-Version: 8'],
    [4, 'Sec-WebSocket-Version: {{1*3000}}'],
    [5, 'Sec-WebSocket-Key: short'],
    [5, 'Sec-WebSocket-Key: {{A*5000}}=='],
    [5, 'Content-Length: 5'],
    [5, 'Transfer-Encoding: chunked'],
    [5, 'Sec-WebSocket-Extensions: {{permessage-deflate; *400}}'],
    [5, 'Sec-WebSocket-Extensions: {{a="\\",*900}}'],
  ] as const);
  head[line] = by;
  return { kind: 'wrong websocket', head };
}

/** Returns frames for an open websocket. */
export function frames(random: Random): Item {
  const count = random.weighted([
    [6, random.int(1, 6)],
    [1, 60],
  ]);
  const after = random.chance(0.85) ? ({ after: 'response' } as const) : {};
  if (random.chance(0.05)) {
    // A flood of pings, from a client that may or may not read.
    return { kind: 'ping flood', frames: random.times(800, () => text('2')), ...after };
  }
  return { kind: 'frames', frames: random.times(count, () => frame(random)), ...after };
}

function frame(random: Random): Frame {
  const packet = random.pick(PACKETS);
  return random.weighted<() => Frame>([
    [12, () => text(packet)],
    [1, () => ({ opcode: 2, text: packet })],
    [1, () => ({ opcode: 1, text: packet, fin: false })],
    [1, () => ({ opcode: 0, text: packet })],
    [1, () => ({ opcode: 1, text: packet, unmasked: true })],
    [1, () => ({ opcode: 1, text: packet, rsv: random.int(1, 8) })],
    [1, () => ({ opcode: random.int(3, 16), text: packet.slice(0, 50) })],
    [1, () => ({ opcode: 9, text: 'ping' })],
    [0.5, () => ({ opcode: 9, text: '{{p*126}}' })],
    [0.5, () => ({ opcode: 9, text: '', fin: false })],
    [
      1,
      () => ({
        opcode: 8,
        text: random.pick(['', '\x03', '\x03\xe8', '\x03\xe8bye', '\x00\x00', '\x03\xe8\xff']),
      }),
    ],
    [1, () => ({ opcode: 1, text: '\xc3\x28\xf0\x28\x8c\xbc' })],
    [
      1,
      () => ({
        opcode: 1,
        text: 'x',
        length: random.pick([0, 2, 126, 65_536, 70_000, 2 ** 31, 2 ** 53]),
      }),
    ],
    [0.5, () => ({ opcode: 1, text: '42["message","{{l*70000}}"]' })],
    [0.5, () => ({ opcode: 2, text: random.bytes(random.int(0, 120)) })],
  ])();
}

function text(packet: string): Frame {
  return { opcode: 1, text: packet };
}

/** Returns a polling session: its opening, then writes and polls. */
export function polling(random: Random): Item[] {
  const target = '/socket.io/?EIO=4&transport=polling';
  const open: Item = {
    kind: 'polling',
    head: [`GET ${target} HTTP/1.1`, 'Host: fuzz'],
    status: [200],
  };
  const steps = random.times(random.int(0, 4), (): Item =>
    random.chance(0.6)
      ? {
          kind: 'polling',
          head: [
            `POST ${target}&sid={{sid}} HTTP/1.1`,
            'Host: fuzz',
            ...(random.chance(0.2) ? ['Content-Type: application/octet-stream'] : []),
            'Content-Length: {{length}}',
          ],
          body: [random.times(random.int(1, 4), () => random.pick(PACKETS)).join('\x1e')],
          after: 'response',
        }
      : {
          kind: 'polling',
          head: [`GET ${target}&sid={{sid}} HTTP/1.1`, 'Host: fuzz'],
          waits: true,
          ...(random.chance(0.5) ? { after: 'response' } : {}),
        },
  );
  return [open, ...steps];
}
