import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { sendMetrics } from './metrics-route.ts';
import type { Metrics } from './metrics.ts';

/** Scrapers use one connection each. */
const MAX_CONNECTIONS = 16;
const TIMEOUT_MS = 10_000;

/** Serves the metrics without a rune, over plain HTTP on an address of its own, which is loopback by default. */
export class MetricsServer {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /**
   * Resolves when the server listens. Rejects with the system's error.
   *
   * @param fault - called for an unexpected exception
   */
  static async listen(
    host: string,
    port: number,
    metrics: Metrics,
    fault: (error: unknown) => void,
  ): Promise<MetricsServer> {
    const server = createServer(
      {
        headersTimeout: TIMEOUT_MS,
        requestTimeout: TIMEOUT_MS,
        connectionsCheckingInterval: 1_000,
      },
      (request, response) => {
        response.on('error', () => undefined);
        try {
          respond(request, response, metrics);
        } catch (error) {
          // Uncaught, it would end the process.
          fault(error);
          response.destroy();
        }
      },
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.setTimeout(TIMEOUT_MS);
    server.on('clientError', (_error, socket) => socket.destroy());
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    return new MetricsServer(server);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

function respond(request: IncomingMessage, response: ServerResponse, metrics: Metrics): void {
  if (request.method === 'GET' && /^\/metrics(?:\?|$)/.test(request.url ?? '')) {
    sendMetrics(response, metrics);
  } else {
    response.writeHead(404, ['Content-Type', 'text/plain']).end('see /metrics\n');
  }
}
