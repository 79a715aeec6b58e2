import { serviceBuild } from '../builds.ts';
import type { Log } from '../http/refusal-log.ts';
import { OptionError, type Settings } from '../options/settings.ts';
import type { StartHttpProcess } from '../processes/messages.ts';
import type { RestartLimit } from '../processes/restart-limit.ts';
import { SupervisedGateway } from '../processes/supervised-gateway.ts';
import { NodeWatch, type NodeWatchTools } from './node-watch.ts';

/** Dependencies and settings of a {@link Service}. */
export interface ServiceTools extends Pick<NodeWatchTools, 'intervals'> {
  readonly settings: Settings;
  /** The node's socket. */
  readonly socketPath: string;
  /** The network that the node must have. */
  readonly network: string | undefined;
  readonly log: Log;
  readonly startHttpProcess: StartHttpProcess;
  readonly restarts?: RestartLimit;
}

/**
 * A gateway that lightningd has not started: it has the node's socket, but neither notifications nor hooks. The node
 * therefore checks every rune. While the node is away, REST returns 503.
 */
export class Service {
  /** Resolves with the reason why the service ended, or with undefined after `stop`. */
  readonly ended: Promise<OptionError | undefined>;
  readonly #gateway: SupervisedGateway;
  readonly #watch: NodeWatch;
  #end: (failure: OptionError | undefined) => void = () => undefined;
  #stopping: Promise<void> | undefined;

  private constructor(tools: ServiceTools) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const fail = (failure: Error): void => void this.#stop(new OptionError(failure.message));
    this.#watch = new NodeWatch({
      ...tools,
      wrongNetwork: (reason) => fail(new OptionError(reason)),
    });
    this.#gateway = new SupervisedGateway({
      ...tools,
      build: serviceBuild,
      checksLocally: false,
      notifications: 'none',
      stopped: fail,
      remedy: 'Report this',
    });
  }

  /** Starts a gateway. Rejects with an {@link OptionError} if it cannot listen, or if the node has another network. */
  static async start(tools: ServiceTools): Promise<Service> {
    const service = new Service(tools);
    try {
      await service.#watch.start();
      if (service.#stopping !== undefined) throw (await service.ended) ?? new Error('stopped');
      for (const url of await service.#gateway.start()) {
        tools.log('info', `REST server running at ${url}`);
      }
      return service;
    } catch (error) {
      await service.stop();
      throw error;
    }
  }

  /** Makes the gateway issue due certificates and read the certificate files again. */
  reload(): void {
    this.#gateway.reload();
  }

  /** Stops: running requests can end within a second. */
  stop(): Promise<void> {
    return this.#stop(undefined);
  }

  #stop(failure: OptionError | undefined): Promise<void> {
    this.#stopping ??= this.#close(failure);
    return this.#stopping;
  }

  async #close(failure: OptionError | undefined): Promise<void> {
    await this.#gateway.close('shutdown');
    await this.#watch.close();
    this.#end(failure);
  }
}
