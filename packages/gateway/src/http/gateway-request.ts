import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A request of node:http that hands its connection over only for an upgrade that `accepts` allows. An
 * upgrade that the gateway declines is an ordinary request (RFC 9110, section 7.8): node:http reads its
 * body, enforces its deadlines and keeps responses in order. The same applies to CONNECT, for which
 * node:http would otherwise hand the connection over.
 *
 * node:http reads the property `upgrade` to decide, when the head is complete (Node 20, 22 and 24).
 */
export class GatewayRequest extends IncomingMessage {
  /** Whether the client offered an upgrade or sent CONNECT: it can continue in another protocol. */
  offersUpgrade = false;
  #isAccepted: boolean | undefined;
  readonly #accepts: (request: IncomingMessage) => boolean;

  constructor(socket: Socket, accepts: (request: IncomingMessage) => boolean) {
    super(socket);
    this.#accepts = accepts;
  }

  get upgrade(): boolean {
    if (!this.offersUpgrade) return false;
    this.#isAccepted ??= this.#accepts(this);
    return this.#isAccepted;
  }

  set upgrade(offered: unknown) {
    this.offersUpgrade = offered === true;
  }
}

/** Returns the class of requests whose upgrades are accepted if `accepts` returns true. */
export function requestClass(
  accepts: (request: IncomingMessage) => boolean,
): typeof IncomingMessage {
  return class extends GatewayRequest {
    constructor(socket: Socket) {
      super(socket, accepts);
    }
  };
}

/** Whether the client offered an upgrade or sent CONNECT. */
export function offersUpgrade(request: IncomingMessage): boolean {
  return request instanceof GatewayRequest && request.offersUpgrade;
}

/** Whether the request has or declares a body (RFC 9112, section 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length === undefined ? headers['transfer-encoding'] !== undefined : length !== '0';
}
