import type { Build } from '../builds.ts';
import type { Log } from '../http/refusal-log.ts';
import type { Lease } from '../judge/lease.ts';
import type { RevocationRange } from '../judge/revocation.ts';
import type { Message } from '../notifications/message.ts';
import type { Settings } from '../options/settings.ts';
import type { UpstreamSettings } from '../upstream/upstream-client.ts';
import type { PathRegistration } from '../routing/registration.ts';

/** The state that a gateway takes over from an earlier one. Clients only notice a broken connection. */
export interface Restored {
  /** The first part of event ids. Sequence numbers with the same epoch are consecutive. */
  readonly epoch: string;
  /** The kept notifications, the oldest first. */
  readonly messages: readonly Message[];
  /** The id of the event before the first kept one, if it is known. */
  readonly before?: string | undefined;
  /** The registered paths, in the order of their registration. */
  readonly registrations: readonly PathRegistration[];
}

/**
 * Where the gateway gets the node's notifications: `plugin` if this program is a plugin of the node, `redis` from
 * a stream that all gateways of the node share, `none` if it gets none.
 */
export type NotificationSource = 'plugin' | 'redis' | 'none';

/** Everything that the HTTP process needs to start. It is the first message. */
export interface StartMessage {
  readonly type: 'start';
  readonly build: Build;
  readonly settings: Settings;
  /** The node's socket, or another gateway that has it. */
  readonly node: { readonly socketPath: string } | { readonly upstream: UpstreamSettings };
  readonly restored: Restored;
  readonly notifications: NotificationSource;
  /** How often the HTTP process has been restarted. */
  readonly restarts: number;
  /** Set if the HTTP process can check runes itself: changes of the blacklist that the node may not have made yet. */
  readonly revocations: readonly RevocationRange[] | undefined;
  /** Whether the HTTP process can check runes itself only while it has a lease. */
  readonly needsLeases?: boolean | undefined;
}

/** Registers a path, or only checks whether it could be registered. The reply has the same id. */
export interface RegisterMessage {
  readonly type: 'register';
  readonly id: number;
  readonly registration: PathRegistration;
  readonly checkOnly: boolean;
}

/** A message from the plugin process to the HTTP process. Messages are plain data, encoded as JSON. */
export type ToHttpProcess =
  | StartMessage
  | { readonly type: 'notification'; readonly message: Message }
  | RegisterMessage
  /** These are the registered paths now. */
  | { readonly type: 'paths'; readonly registrations: readonly PathRegistration[] }
  /** A command is about to change the blacklist. The node waits for the reply, which has the same id. */
  | { readonly type: 'revocation'; readonly id: number; readonly range: RevocationRange }
  /** The node continues with all commands whose revocations were noted. */
  | { readonly type: 'revocations passed' }
  /** The HTTP process can check runes itself until then. */
  | { readonly type: 'lease'; readonly lease: Lease }
  /** Issues due certificates and reads the certificate files again. */
  | { readonly type: 'reload' }
  /** Running commands have this time to end. */
  | { readonly type: 'close'; readonly graceMs: number };

/** A message from the HTTP process to the plugin process. */
export type FromHttpProcess =
  /** The event loop is not blocked. */
  | { readonly type: 'heartbeat' }
  /** It listens on these addresses. There can be none, if no configured address exists yet. */
  | { readonly type: 'listening'; readonly urls: readonly string[] }
  /** The HTTP process cannot listen. The message is for the operator. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly level: Parameters<Log>[0]; readonly message: string }
  | { readonly type: 'registered'; readonly id: number }
  | { readonly type: 'revocation noted'; readonly id: number }
  | {
      readonly type: 'registration refused';
      readonly id: number;
      readonly message: string;
      readonly conflictsWith: string | undefined;
    };

/** The plugin process's connection to a running HTTP process. */
export interface HttpProcessLink {
  send(message: ToHttpProcess): void;
  /** Characters that the HTTP process has not read. */
  readonly unsent: number;
  /** Ends the HTTP process immediately, even if its event loop is stuck. */
  kill(): void;
}

/** Callbacks of a link. None is called before the link is returned. */
export interface HttpProcessEvents {
  message(message: FromHttpProcess): void;
  /** The HTTP process has read everything that was sent. */
  drained(): void;
  /** Called once, last. The reason is one printable line. */
  ended(reason: string): void;
}

/** Starts an HTTP process. */
export type StartHttpProcess = (events: HttpProcessEvents) => HttpProcessLink;
