/**
 * A development node for tests: it speaks lightningd's JSON-RPC socket and hosts lightningd's plugins, on a simulated chain
 * with simulated peers and without real money.
 *
 * @module
 */

export { startSandbox, type Sandbox, type StartOptions } from './child-process/start-sandbox.ts';
export { SandboxError, type SandboxErrorCode } from './sandbox-error.ts';
