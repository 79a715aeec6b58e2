/** A request to show as code. */
export interface SampleRequest {
  /** The URL of the server, without a slash at its end. */
  readonly server: string;
  /** The HTTP method in upper case. */
  readonly verb: string;
  /** The path with its captures: `/v1/invoice`. */
  readonly path: string;
  /** Whether the request needs a rune. */
  readonly needsRune: boolean;
  /** Whether `@clnrest/client` has types for the command. It requires the type of the result of others. */
  readonly isTyped: boolean;
  /** The body as JSON text, if the request has one. */
  readonly body: string | undefined;
}

/** Whether the server has a certificate, which the node's own authority has signed. */
export function isEncrypted({ server }: SampleRequest): boolean {
  return server.startsWith('https:');
}

/** The path of the stream of notifications, whose response has no end. */
export const STREAM = '/v1/notifications';
