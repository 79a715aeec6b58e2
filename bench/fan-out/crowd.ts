import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { serve, markOf, now, send } from './program.ts';

/**
 * Many subscribers with minimal cost: they only search the received bytes for the mark of a round. With the file of an
 * authority, they connect by TLS.
 */
const [kind = '', port = '', firstRune = '', caFile] = process.argv.slice(2);
const ca = caFile === undefined ? undefined : readFileSync(caFile);

/** Subscribers that connect at the same time. */
const MAX_CONNECTING = 100;
/** Engine.IO's ping in a websocket frame, and its reply. */
const PING = Buffer.from([0x81, 1, 0x32]);
const PONG = masked('3');

/** The handshake of a subscriber: each text to wait for, and the bytes to write then. */
const HANDSHAKES: Readonly<
  Record<string, (rune: string) => readonly (readonly [after: string, write: Buffer])[]>
> = {
  bare: () => [['', Buffer.from('hello')]],
  events: (rune) => [
    ['', Buffer.from(`GET /v1/notifications HTTP/1.1\r\nHost: bench\r\nRune: ${rune}\r\n\r\n`)],
  ],
  websocket: (rune) => [
    [
      '',
      Buffer.from(
        'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: bench\r\nConnection: Upgrade\r\n' +
          'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n',
      ),
    ],
    ['0{"sid"', masked(`40{"rune":"${rune}"}`)],
  ],
};
const SUBSCRIBED = { bare: 'ready', events: ': listening', websocket: '40{"sid"' }[kind] ?? '';

let mark = Buffer.from(markOf(0));
let round = 0;
let received = 0;
let bytes = 0;
/** The runes of the subscribers, in their order. The last one is that of all further subscribers. */
let runes: readonly string[] = [firstRune];
const sockets: Socket[] = [];

function connectToServer(): Socket {
  const address = { port: Number(port), host: '127.0.0.1' };
  if (ca === undefined) return connect({ ...address, noDelay: true });
  return connectTls({ ...address, ca }).setNoDelay(true);
}

async function join(rune: string): Promise<void> {
  const socket = connectToServer();
  const handshake = [...(HANDSHAKES[kind]?.(rune) ?? [])];
  let text = '';
  await new Promise<void>((resolve, reject) => {
    const read = (data?: Buffer): void => {
      text += data?.toString('latin1') ?? '';
      const next = handshake[0];
      if (next === undefined) {
        if (!text.includes(SUBSCRIBED)) return;
        socket.off('data', read);
        resolve();
      } else if (text.includes(next[0])) {
        handshake.shift();
        socket.write(next[1]);
      }
    };
    socket.once(ca === undefined ? 'connect' : 'secureConnect', () => read()).on('data', read);
    socket.once('close', () => reject(new Error(`disconnected: ${text}`))).on('error', reject);
  });
  socket.on('data', (data) => listen(socket, data));
  sockets.push(socket);
}

function listen(socket: Socket, data: Buffer): void {
  if (kind === 'websocket' && data.includes(PING)) socket.write(PONG);
  bytes += data.length;
  if (data.includes(mark) && ++received === sockets.length) send({ round, at: now(), bytes });
}

/** A text in a client's frame with a mask of zeros. */
function masked(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

serve(async ({ members, next, mark: wanted, runes: given }) => {
  if (typeof next === 'number') {
    round = next;
    mark = Buffer.from(typeof wanted === 'string' ? wanted : markOf(next));
    received = 0;
    bytes = 0;
    send({ connected: sockets.length });
    return;
  }
  if (Array.isArray(given)) runes = given.map(String);
  while (sockets.length < Number(members)) {
    const first = sockets.length;
    const missing = Math.min(MAX_CONNECTING, Number(members) - first);
    const own = Array.from({ length: missing }, (_, index) => runes[first + index] ?? runes.at(-1));
    await Promise.all(own.map((rune = '') => join(rune)));
  }
  send({ connected: sockets.length });
});
