/** Serves Core Lightning's commands over HTTP, authorised by runes, as a plugin of the node. */

// The two plugins.
export { type Build, builds } from './builds.ts';
export { runPlugin } from './run-plugin.ts';

// A gateway without a plugin, for programs that provide the node, settings and log.
export { type Gateway, type GatewayParts, startGateway } from './gateway.ts';
export type { PathRegister } from './paths/register-command.ts';
export { PathRefused } from './routing/path-refused.ts';
export type { PathRegistration, RegistrableMethod } from './routing/registration.ts';
export { OptionError, type Settings } from './options/settings.ts';
export { type Origins, readOrigins } from './options/origins.ts';
export type { Log } from './http/refusal-log.ts';
export { LIMITS, type Limits } from './limits.ts';

// The errors that clients receive.
export { errorKinds, type ErrorKind, type ErrorName } from './refusals.ts';
