import type {
  CommandArgs,
  LightningdCommand,
  CommandParams,
  CommandResults,
} from '@clnrest/commands';
import { RpcClient, RpcError } from '@clnrest/lightningd';
import type { SchemaReport } from './schema-report.ts';

/** Calls commands of a node, and adds parameters and results to a report. */
export class SchemaChecker {
  readonly rpc: RpcClient;
  readonly #report: SchemaReport;

  constructor(socketPath: string, report: SchemaReport) {
    this.rpc = new RpcClient({ socketPath });
    this.#report = report;
  }

  async call<Name extends LightningdCommand>(
    name: Name,
    params: CommandParams[Name] | CommandArgs[Name],
  ): Promise<CommandResults[Name]> {
    if (!Array.isArray(params)) this.#report.addParams(name, params);
    const result = (await this.rpc.call<unknown>(name, params)) as CommandResults[Name];
    this.#report.addResult(name, { params, result });
    return result;
  }

  /** Calls a command that must fail with this code. */
  async fails<Name extends LightningdCommand>(
    name: Name,
    params: CommandParams[Name] | CommandArgs[Name],
    code: number,
  ): Promise<void> {
    const outcome = await this.call(name, params).catch((error: unknown) => error);
    if (!(outcome instanceof RpcError) || outcome.code !== code) {
      throw new Error(`${name} must fail with ${code}, but: ${String(outcome)}`);
    }
  }

  close(): Promise<void> {
    return this.rpc.close();
  }
}
