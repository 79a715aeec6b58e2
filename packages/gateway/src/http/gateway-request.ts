import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/**
 * A request as node:http reads it, except that node:http hands its connection over only for an
 * upgrade that `accepts` allows. An upgrade that the gateway declines is an ordinary request (RFC
 * 9110, section 7.8): node:http goes on to read its body, to enforce its deadlines and to keep
 * responses in order. CONNECT, which node:http hands over too, is an ordinary request as well.
 *
 * node:http asks the property `upgrade` for this decision once the head is complete (Node 20 to 24).
 */
export class GatewayRequest extends IncomingMessage {
  /** Whether the client offered an upgrade, or sent CONNECT: what follows may be in another protocol. */
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

/** The class of requests whose upgrades are accepted by a rule. */
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

/** Whether the request has a body, or says that it has (RFC 9112, section 6.3). */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return length === undefined ? headers['transfer-encoding'] !== undefined : length !== '0';
}
