import { connect, type Socket } from 'node:net';
import { answer, markOf, now, say } from './program.ts';

/** Many listeners, who cost as little as can be: they look for the mark of a round in what comes. */
const [kind = '', port = '', rune = ''] = process.argv.slice(2);

/** So many connect at once. */
const AT_ONCE = 100;
/** Engine.IO's ping in a frame of a websocket, and the answer to it. */
const PING = Buffer.from([0x81, 1, 0x32]);
const PONG = masked('3');

/** What a listener writes, each when the text before it has come, and what comes when it is in. */
const GREETINGS: Readonly<Record<string, readonly (readonly [after: string, write: Buffer])[]>> = {
  bare: [['', Buffer.from('hello')]],
  events: [
    ['', Buffer.from(`GET /v1/notifications HTTP/1.1\r\nHost: bench\r\nRune: ${rune}\r\n\r\n`)],
  ],
  websocket: [
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
const IN = { bare: 'ready', events: ': listening', websocket: '40{"sid"' }[kind] ?? '';

let mark = Buffer.from(markOf(0));
let round = 0;
let heard = 0;
const sockets: Socket[] = [];

async function join(): Promise<void> {
  const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
  const greetings = [...(GREETINGS[kind] ?? [])];
  let text = '';
  await new Promise<void>((resolve, reject) => {
    const read = (data?: Buffer): void => {
      text += data?.toString('latin1') ?? '';
      const next = greetings[0];
      if (next === undefined) {
        if (!text.includes(IN)) return;
        socket.off('data', read);
        resolve();
      } else if (text.includes(next[0])) {
        greetings.shift();
        socket.write(next[1]);
      }
    };
    socket.once('connect', () => read()).on('data', read);
    socket.once('close', () => reject(new Error(`cut off: ${text}`))).on('error', reject);
  });
  socket.on('data', (data) => listen(socket, data));
  sockets.push(socket);
}

function listen(socket: Socket, data: Buffer): void {
  if (data.includes(PING)) socket.write(PONG);
  if (data.includes(mark) && ++heard === sockets.length) say({ round, at: now() });
}

/** A text in a frame from a client, whose mask leaves it as it is. */
function masked(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);
}

answer(async ({ members, next }) => {
  if (typeof next === 'number') {
    round = next;
    mark = Buffer.from(markOf(next));
    heard = 0;
    say({ connected: sockets.length });
    return;
  }
  while (sockets.length < Number(members)) {
    const missing = Math.min(AT_ONCE, Number(members) - sockets.length);
    await Promise.all(Array.from({ length: missing }, join));
  }
  say({ connected: sockets.length });
});
