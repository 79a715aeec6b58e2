/** Codes of JSON-RPC 2.0 that the library itself sends; lightningd uses the same. */
export const METHOD_NOT_FOUND = -32601;
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;
