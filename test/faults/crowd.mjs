// Calls from many connections at once. Usage: crowd.mjs COUNT ADDRESSES PORT REQUEST RESPONSE, where RESPONSE is a
// regular expression for a whole response. Prints how many connections got what, as JSON.
import { connect } from 'node:net';

const [count, addresses, port, request, response] = process.argv.slice(2);
const whole = new RegExp(response);
const counts = { served: 0, busy: 0, closed: 0, wrong: 0 };

function kindOf(text) {
  if (text === '') return 'closed';
  if (text.startsWith('HTTP/1.1 503 ')) return 'busy';
  return whole.test(text) ? 'served' : 'wrong';
}

function call(index) {
  const localAddress = `127.0.1.${1 + (index % Number(addresses))}`;
  const socket = connect({ port: Number(port), host: '127.0.0.1', localAddress });
  let text = '';
  socket.setEncoding('latin1').on('data', (piece) => (text += piece));
  socket.once('connect', () => socket.write(request)).on('error', () => undefined);
  return new Promise((resolve) => {
    socket.once('close', () => {
      counts[kindOf(text)]++;
      resolve();
    });
  });
}

await Promise.all(Array.from({ length: Number(count) }, (_, index) => call(index)));
process.stdout.write(JSON.stringify(counts));
