import { serviceBuild } from '../builds.ts';
import type { Log } from '../http/refusal-log.ts';
import type { RedisSettings } from '../options/redis.ts';
import { OptionError, type Settings } from '../options/settings.ts';
import type { StartHttpProcess, StartMessage } from '../processes/messages.ts';
import type { PathRegistration } from '../routing/registration.ts';
import type { RestartLimit } from '../processes/restart-limit.ts';
import { SupervisedGateway } from '../processes/supervised-gateway.ts';
import { PathWatch } from './path-watch.ts';
import { NodeWatch, type NodeWatchTools } from './node-watch.ts';
import { RedisSource } from '../redis/redis-source.ts';

/** Dependencies and settings of a {@link Service}. */
export interface ServiceTools extends Pick<NodeWatchTools, 'intervals'> {
  readonly settings: Settings;
  /** Where the notifications come from, if the gateway has any. */
  readonly redis?: RedisSettings | undefined;
  /** The node's socket, or another gateway that has it. */
  readonly node: StartMessage['node'];
  /** The node's id, if the gateway has not the node's socket. */
  readonly nodeId?: string | undefined;
  /** The network that the node must have. */
  readonly network: string | undefined;
  readonly log: Log;
  readonly startHttpProcess: StartHttpProcess;
  readonly restarts?: RestartLimit;
}

/**
 * A gateway that lightningd has not started: it has the node's socket, but neither notifications nor hooks. Without Redis, the
 * node therefore checks every rune. While the node is away, REST returns 503.
 */
export class Service {
  /** Resolves with the reason why the service ended, or with undefined after `stop`. */
  readonly ended: Promise<OptionError | undefined>;
  readonly #tools: ServiceTools;
  /** Undefined without the node's socket. */
  readonly #watch: NodeWatch | undefined;
  readonly #paths: PathWatch | undefined;
  readonly #source: RedisSource | undefined;
  readonly #nodeId: Promise<string>;
  #foundNode: (id: string) => void = () => undefined;
  #gateway: SupervisedGateway | undefined;
  #registrations: readonly PathRegistration[] = [];
  #end: (failure: OptionError | undefined) => void = () => undefined;
  #stopping: Promise<void> | undefined;

  private constructor(tools: ServiceTools) {
    this.#tools = tools;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#nodeId = new Promise((resolve) => {
      this.#foundNode = resolve;
    });
    if (tools.nodeId !== undefined) this.#foundNode(tools.nodeId);
    this.#watch =
      'socketPath' in tools.node
        ? new NodeWatch({
            ...tools,
            socketPath: tools.node.socketPath,
            found: (id) => this.#found(id),
            wrongNode: (reason) => this.#fail(new OptionError(reason)),
          })
        : undefined;
    this.#paths =
      'socketPath' in tools.node
        ? new PathWatch({
            log: tools.log,
            socketPath: tools.node.socketPath,
            changed: (registrations) => this.#replacePaths(registrations),
          })
        : undefined;
    const paths = this.#paths;
    this.#source =
      tools.redis &&
      new RedisSource({
        redis: tools.redis.address,
        ca: tools.redis.ca,
        log: tools.log,
        needsLeases: this.#checksLocally,
        pathsChanged: paths && (() => void paths.refresh()),
      });
  }

  /** Starts a gateway. Rejects with an {@link OptionError} if it cannot listen, or if the node has another network. */
  static async start(tools: ServiceTools): Promise<Service> {
    const service = new Service(tools);
    try {
      await service.#start();
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  /** Makes the gateway issue due certificates and read the certificate files again. */
  reload(): void {
    this.#gateway?.reload();
  }

  /** Stops: running requests can end within a second. */
  stop(): Promise<void> {
    return this.#stop(undefined);
  }

  async #start(): Promise<void> {
    const { log } = this.#tools;
    await this.#watch?.start();
    if (this.#stopping !== undefined) throw (await this.ended) ?? new OptionError('stopped');
    const loaded = await this.#source?.load(this.#nodeId);
    await this.#paths?.refresh();
    const gateway = new SupervisedGateway({
      ...this.#tools,
      build: serviceBuild,
      checksLocally: this.#source !== undefined && this.#checksLocally,
      needsLeases: true,
      notifications: this.#source === undefined ? 'none' : 'redis',
      before: loaded?.before,
      stopped: (failure) => this.#fail(failure),
      remedy: 'Report this',
    });
    this.#gateway = gateway;
    gateway.replacePaths(this.#registrations);
    for (const message of loaded?.messages ?? []) gateway.receive(message);
    const urls = await gateway.start();
    this.#source?.attach(gateway);
    for (const url of urls) log('info', `REST server running at ${url}`);
  }

  /** Only with the node's socket can the gateway learn the node's secret. */
  get #checksLocally(): boolean {
    return 'socketPath' in this.#tools.node && this.#tools.settings.judge === 'auto';
  }

  #found(id: string): void {
    this.#foundNode(id);
    // Also with Redis: the paths end with the plugin.
    void this.#paths?.refresh();
  }

  #replacePaths(registrations: readonly PathRegistration[]): void {
    this.#registrations = registrations;
    this.#gateway?.replacePaths(registrations);
  }

  #fail(failure: Error): void {
    void this.#stop(new OptionError(failure.message));
  }

  #stop(failure: OptionError | undefined): Promise<void> {
    this.#stopping ??= this.#close(failure);
    return this.#stopping;
  }

  async #close(failure: OptionError | undefined): Promise<void> {
    await this.#gateway?.close('shutdown');
    await this.#source?.close();
    await this.#watch?.close();
    await this.#paths?.close();
    this.#end(failure);
  }
}
