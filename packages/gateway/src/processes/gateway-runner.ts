import { RpcClient } from '@clnrest/lightningd';
import { type Gateway, startGateway } from '../gateway.ts';
import { LIMITS, nodeConnections } from '../limits.ts';
import type { GatewayNode } from '../node/gateway-node.ts';
import { OptionError } from '../options/settings.ts';
import { PathRefused } from '../routing/path-refused.ts';
import { UpstreamClient } from '../upstream/upstream-client.ts';
import { UpstreamNode } from '../upstream/upstream-node.ts';
import type { FromHttpProcess, RegisterMessage, StartMessage, ToHttpProcess } from './messages.ts';

/** Callbacks of a {@link GatewayRunner}. */
export interface GatewayRunnerTools {
  readonly send: (message: FromHttpProcess) => void;
  /** Called once, when everything is closed. */
  readonly closed: () => void;
}

const HEARTBEAT_MS = 1_000;

/** Runs the gateway in the HTTP process, as directed by the messages of the plugin process. */
export class GatewayRunner {
  readonly #tools: GatewayRunnerTools;
  readonly #heartbeat: NodeJS.Timeout;
  #node: RpcClient | undefined;
  #upstream: UpstreamClient | undefined;
  #gateway: Gateway | undefined;
  readonly #closing = new AbortController();
  /** Messages that arrived before the gateway had started. */
  #queued: Exclude<ToHttpProcess, StartMessage>[] = [];

  constructor(tools: GatewayRunnerTools) {
    this.#tools = tools;
    tools.send({ type: 'heartbeat' });
    this.#heartbeat = setInterval(() => tools.send({ type: 'heartbeat' }), HEARTBEAT_MS);
  }

  receive(message: ToHttpProcess): void {
    if (message.type === 'start') void this.#start(message);
    else if (this.#gateway === undefined) this.#enqueue(message);
    else this.#handle(message, this.#gateway);
  }

  #enqueue(message: Exclude<ToHttpProcess, StartMessage>): void {
    this.#queued.push(message);
    if (message.type === 'close') this.#closing.abort();
  }

  async #start({
    build,
    settings,
    node,
    restored,
    notifications,
    restarts,
    revocations,
    needsLeases,
  }: StartMessage): Promise<void> {
    const { send } = this.#tools;
    const calls = this.#open(node);
    let gateway: Gateway;
    try {
      gateway = await startGateway({
        build,
        settings,
        node: calls,
        upstream: this.#upstream,
        log: (level, message) => send({ type: 'log', level, message }),
        limits: LIMITS,
        restored,
        notifications,
        restarts,
        revocations,
        needsLeases,
        signal: this.#closing.signal,
      });
    } catch (error) {
      // Any other error is a defect and ends the process like an uncaught error.
      if (!(error instanceof OptionError)) throw error;
      if (!this.#closing.signal.aborted) send({ type: 'failed', message: error.message });
      await this.#end(undefined);
      return;
    }
    this.#gateway = gateway;
    send({ type: 'listening', urls: gateway.urls });
    const queued = this.#queued;
    this.#queued = [];
    for (const message of queued) this.#handle(message, gateway);
  }

  #open(node: StartMessage['node']): GatewayNode {
    if ('upstream' in node) {
      this.#upstream = new UpstreamClient(node.upstream);
      return new UpstreamNode(this.#upstream);
    }
    this.#node = new RpcClient({
      socketPath: node.socketPath,
      idPrefix: 'plugin',
      maxConnections: nodeConnections(LIMITS),
      idleConnections: LIMITS.idleConnections,
    });
    return this.#node;
  }

  #handle(message: Exclude<ToHttpProcess, StartMessage>, gateway: Gateway): void {
    switch (message.type) {
      case 'notification':
        gateway.publish(message.message);
        break;
      case 'register':
        this.#register(message, gateway);
        break;
      case 'paths':
        gateway.paths.replace(message.registrations);
        break;
      case 'revocation':
        gateway.announceRevocation(message.range);
        this.#tools.send({ type: 'revocation noted', id: message.id });
        break;
      case 'revocations passed':
        gateway.revocationsPassed();
        break;
      case 'lease':
        gateway.renewLease(message.lease);
        break;
      case 'reload':
        void gateway.reloadCertificates();
        break;
      case 'close':
        void this.#end(gateway, message.graceMs);
        break;
      default:
        message satisfies never;
    }
  }

  #register({ id, registration, checkOnly }: RegisterMessage, { paths }: Gateway): void {
    const { send } = this.#tools;
    try {
      if (checkOnly) paths.checkRegistration(registration);
      else paths.register(registration);
      send({ type: 'registered', id });
    } catch (error) {
      if (!(error instanceof PathRefused)) throw error;
      const { message, conflictsWith } = error;
      send({ type: 'registration refused', id, message, conflictsWith });
    }
  }

  async #end(gateway: Gateway | undefined, graceMs?: number): Promise<void> {
    await gateway?.close(graceMs);
    await this.#node?.close();
    this.#upstream?.close();
    clearInterval(this.#heartbeat);
    this.#tools.closed();
  }
}
