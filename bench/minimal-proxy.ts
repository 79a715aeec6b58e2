import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';

/**
 * The bound for the gateway: an https server that passes each body to the node as the parameters of the command in the path.
 * It keeps connections to the node, and checks nothing.
 */
const [socketPath = '', certificates = ''] = process.argv.slice(2);
const END = Buffer.from('\n\n');

/** A connection to the node, which carries one call at a time. */
class Lane {
  readonly #socket: Socket;
  #chunks: Buffer[] = [];
  #settle: (reply: Buffer) => void = () => undefined;

  constructor() {
    this.#socket = connect(socketPath);
    this.#socket.on('data', (chunk) => {
      this.#chunks.push(chunk);
      if (!chunk.subarray(-2).equals(END)) return;
      const reply = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
      this.#chunks = [];
      this.#settle(reply);
    });
  }

  call(method: string, params: string): Promise<Buffer> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.#socket.write(`{"jsonrpc":"2.0","id":1,"method":"${method}","params":${params}}`);
    });
  }
}

const idle: Lane[] = [];
const BEGIN = '"result":'.length;
const server = createServer(
  {
    cert: readFileSync(join(certificates, 'server.pem')),
    key: readFileSync(join(certificates, 'server-key.pem')),
  },
  (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const lane = idle.pop() ?? new Lane();
      const params = Buffer.concat(chunks).toString();
      const reply = await lane.call((request.url ?? '').slice(4), params === '' ? '{}' : params);
      idle.push(lane);
      const result = reply.subarray(reply.indexOf('"result":') + BEGIN, reply.lastIndexOf('}'));
      response.writeHead(201, {
        'Content-Type': 'application/json',
        'Content-Length': result.length,
      });
      response.end(result);
    });
  },
);
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit(0));
