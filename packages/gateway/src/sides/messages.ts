import type { Build } from '../builds.ts';
import type { Log } from '../http/refusal-log.ts';
import type { Message } from '../notifications/message.ts';
import type { Settings } from '../options/settings.ts';
import type { PathRegistration } from '../routing/registration.ts';

/** What a gateway takes over from an earlier one, so that clients notice nothing but a broken connection. */
export interface Restored {
  /** The first part of event ids. As long as it is the same, sequence numbers continue. */
  readonly epoch: string;
  /** The newest notifications, the oldest first. */
  readonly messages: readonly Message[];
  /** The registered paths, in the order of their registration. */
  readonly registrations: readonly PathRegistration[];
}

/** Everything that the HTTP side needs to know to serve. It is the first message. */
export interface StartMessage {
  readonly type: 'start';
  readonly build: Build;
  readonly settings: Settings;
  /** The node's socket. */
  readonly socketPath: string;
  readonly restored: Restored;
}

/** Registers a path, or only checks whether it could be registered. The reply has the same id. */
export interface RegisterMessage {
  readonly type: 'register';
  readonly id: number;
  readonly registration: PathRegistration;
  readonly checkOnly: boolean;
}

/** From the plugin side to the HTTP side. All messages are plain data: they travel as JSON. */
export type ToHttpSide =
  | StartMessage
  | { readonly type: 'notification'; readonly message: Message }
  | RegisterMessage
  /** Commands that are still running may end within this time. */
  | { readonly type: 'close'; readonly graceMs: number };

/** From the HTTP side to the plugin side. */
export type FromHttpSide =
  /** The event loop turns. */
  | { readonly type: 'heartbeat' }
  | { readonly type: 'listening'; readonly url: string }
  /** It cannot listen, for a reason that is a sentence for the operator. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'log'; readonly level: Parameters<Log>[0]; readonly message: string }
  | { readonly type: 'registered'; readonly id: number }
  | {
      readonly type: 'registration refused';
      readonly id: number;
      readonly message: string;
      readonly conflictsWith: string | undefined;
    };

/** The plugin side's end of a running HTTP side. */
export interface HttpSideLink {
  send(message: ToHttpSide): void;
  /** Characters that the HTTP side has not taken yet. */
  readonly unsent: number;
  /** Ends it at once, even if its event loop is stuck. */
  kill(): void;
}

/** What happens at the other end of a link. No function is called before the link is returned. */
export interface HttpSideEvents {
  message(message: FromHttpSide): void;
  /** All that was sent has been taken. */
  drained(): void;
  /** Called once, last. The reason is one printable line. */
  ended(reason: string): void;
}

/** Starts an HTTP side. */
export type StartHttpSide = (events: HttpSideEvents) => HttpSideLink;
