/** Declarations and parsers of a command's parameters, with lightningd's rules and error texts. */
export {
  defaulted,
  type DefaultedParameter,
  developerOnly,
  optional,
  type OptionalParameter,
  type Parameter,
  type ParameterDeclarations,
  type ParameterValues,
  type Parser,
  required,
  type RequiredParameter,
  usageOf,
} from './parameters/declaration.ts';
export { type ParamsToken, paramsToken, readParams, type ReadOptions } from './parameters/read.ts';
export { invalidToken } from './parameters/invalid-token.ts';

// Parsers.
export { millisatoshi, msat, positiveMsatOrAny } from './parameters/amounts.ts';
export {
  bytesOfHex,
  hash,
  hex,
  nodeId,
  nodeIdOf,
  preimage,
  publicKey,
} from './parameters/bytes.ts';
export { bool, number, port, u32, u64, unsignedInteger } from './parameters/numbers.ts';
export { shortChannelId, shortChannelIdOf } from './parameters/short-channel-id.ts';
export {
  anything,
  array,
  escapedString,
  json,
  label,
  oneOf,
  string,
  text,
} from './parameters/texts.ts';
