import { freePort } from '@clnrest/testing';
import { CLNREST } from '../../test/support/sandbox-node.ts';
import { TestProcess } from '../../test/support/process.ts';

/** A separate gateway that can be killed and started again at the same address. */
export class SoakGateway {
  readonly url: string;
  readonly #args: readonly string[];
  #process: TestProcess | undefined;

  private constructor(port: number, redis: string, socketPath: string) {
    this.url = `http://127.0.0.1:${port}`;
    this.#args = [
      'gateway',
      `--port=${port}`,
      `--rpc-file=${socketPath}`,
      '--protocol=http',
      '--allow-root',
      `--redis=${redis}`,
    ];
  }

  static async start(redis: string, socketPath: string): Promise<SoakGateway> {
    const gateway = new SoakGateway(await freePort(), redis, socketPath);
    await gateway.start();
    return gateway;
  }

  async start(): Promise<void> {
    this.#process = new TestProcess(process.execPath, [CLNREST, ...this.#args]);
    await this.#process.line(/REST server running at/);
  }

  async kill(): Promise<void> {
    await this.#process?.stop('SIGKILL');
  }

  /** Lines of the log that report a defect. */
  get broken(): readonly string[] {
    return this.#process?.lines.filter((line) => line.includes('BROKEN')) ?? [];
  }
}
