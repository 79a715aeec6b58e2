import type { PluginNotification } from '@clnrest/lightningd';
import type { Build } from '../builds.ts';
import type { Log } from '../http/refusal-log.ts';
import { RecentRevocations } from '../judge/recent-revocations.ts';
import type { Lease } from '../judge/lease.ts';
import type { RevocationRange } from '../judge/revocation.ts';
import { LIMITS } from '../limits.ts';
import type { Settings } from '../options/settings.ts';
import { PathRefused } from '../routing/path-refused.ts';
import type { Received } from '../notifications/message.ts';
import type { PathRegister } from '../paths/register-command.ts';
import type { PathRegistration } from '../routing/registration.ts';
import type {
  FromHttpProcess,
  HttpProcessLink,
  NotificationSource,
  StartHttpProcess,
  StartMessage,
} from './messages.ts';
import { NotificationFeed } from './notification-feed.ts';
import { NotificationLog } from './notification-log.ts';
import { RestartLimit } from './restart-limit.ts';
import { type Session, Supervisor } from './supervisor.ts';

/** Dependencies and settings of a {@link SupervisedGateway}. */
export interface SupervisedGatewayTools {
  readonly build: Build;
  readonly settings: Settings;
  readonly node: StartMessage['node'];
  readonly log: Log;
  readonly startHttpProcess: StartHttpProcess;
  /** The node announces changes of the blacklist, so that the HTTP process can check runes itself. */
  readonly checksLocally: boolean;
  /** Whether it can do so only while it has a lease. */
  readonly needsLeases?: boolean | undefined;
  readonly notifications: NotificationSource;
  /** With Redis, the id of the event before the first one, if it is known. */
  readonly before?: string | undefined;
  /** Called when REST has stopped after too many restarts. */
  readonly stopped?: (failure: Error) => void;
  /** Instructions for the operator after too many restarts. */
  readonly remedy: string;
  /** How often the HTTP process can be restarted. The default is five times a minute; tests change it. */
  readonly restarts?: RestartLimit | undefined;
}

/** How long the registration of a path waits for an HTTP process that is being restarted. */
const REGISTRATION_TIMEOUT_MS = 10_000;
/** Time for the HTTP process to end after `shutdown`. lightningd kills the plugin after 30 s. */
const SHUTDOWN_TIMEOUT_MS = 5_000;
/** The same if the node is gone: the plugin must end within a second. */
const NODE_GONE_TIMEOUT_MS = 700;
const NODE_GONE_GRACE_MS = 100;

/** Why the plugin closes. */
export type CloseReason = 'shutdown' | 'node gone';

/**
 * The gateway as the plugin process sees it: a supervised child process. Holds what outlives HTTP processes: the
 * numbered notifications and the registered paths. Serves no client, so no client can stop it.
 */
export class SupervisedGateway implements PathRegister {
  readonly #tools: SupervisedGatewayTools;
  readonly #notifications: NotificationLog;
  #registrations: readonly PathRegistration[] = [];
  readonly #revocations = new RecentRevocations();
  readonly #supervisor: Supervisor;
  #session: HttpSession | undefined;
  #urls: readonly string[] = [];
  #starts = 0;

  constructor(tools: SupervisedGatewayTools) {
    this.#tools = tools;
    this.#notifications = new NotificationLog(LIMITS, tools.before);
    const { startHttpProcess, log, restarts = new RestartLimit(), remedy, stopped } = tools;
    this.#supervisor = new Supervisor({
      startHttpProcess,
      begin: (link) => this.#begin(link),
      log,
      limit: restarts,
      remedy,
      stopped,
    });
  }

  /** Resolves with the URLs when the HTTP process listens. Rejects with an OptionError if it cannot. */
  async start(): Promise<readonly string[]> {
    await this.#supervisor.start();
    return this.#urls;
  }

  /** Makes the HTTP process issue due certificates and read the certificate files again. */
  reload(): void {
    this.#supervisor.listening?.send({ type: 'reload' });
  }

  /** Adds a notification of the node. */
  notify(notification: PluginNotification): void {
    this.#notifications.add(notification);
    this.#session?.pump();
  }

  /** Adds a message that came from Redis. */
  receive(message: Received): void {
    this.#notifications.receive(message);
    this.#session?.pump();
  }

  /** Lets the HTTP process check runes itself until the end of a lease. */
  renewLease(lease: Lease): void {
    this.#session?.renewLease(lease);
  }

  /** The registered paths, in the order of their registration. */
  get registrations(): readonly PathRegistration[] {
    return this.#registrations;
  }

  /** Replaces all registered paths. */
  replacePaths(registrations: readonly PathRegistration[]): void {
    this.#registrations = registrations;
    this.#session?.replacePaths(registrations);
  }

  async checkRegistration(registration: PathRegistration): Promise<void> {
    await this.#register(registration, true);
  }

  async register(registration: PathRegistration): Promise<void> {
    await this.#register(registration, false);
  }

  /**
   * Announces a command that is about to change the blacklist. Resolves when the HTTP process no longer allows these ids by
   * itself; then the node can continue. An HTTP process that does not reply is replaced.
   */
  async announceRevocation(range: RevocationRange): Promise<void> {
    if (!this.#tools.checksLocally) return;
    this.#revocations.add(range);
    await this.#session?.announceRevocation(range);
  }

  /** Notes that the node continues with all announced commands. */
  revocationsPassed(): void {
    this.#session?.revocationsPassed();
  }

  async close(reason: CloseReason): Promise<void> {
    if (reason === 'shutdown') await this.#supervisor.close(LIMITS.closeMs, SHUTDOWN_TIMEOUT_MS);
    else await this.#supervisor.close(NODE_GONE_GRACE_MS, NODE_GONE_TIMEOUT_MS);
  }

  #begin(link: HttpProcessLink): Session {
    const { build, settings, node, log, checksLocally, needsLeases, notifications } = this.#tools;
    const { epoch, messages, before } = this.#notifications;
    const registrations = this.#registrations;
    const restored = { epoch, messages, before, registrations };
    const revocations = checksLocally ? this.#revocations.ranges() : undefined;
    const restarts = this.#starts++;
    link.send({
      type: 'start',
      build,
      settings,
      node,
      restored,
      notifications,
      restarts,
      revocations,
      needsLeases,
    });
    const feed = new NotificationFeed(this.#notifications, link);
    this.#session = new HttpSession(link, {
      log,
      feed,
      listening: (urls) => (this.#urls = urls),
      registered: (registration) => {
        this.#registrations = [...this.#registrations, registration];
      },
      lost: () => {
        this.#supervisor.replace(link, 'it read notifications more slowly than the node sent them');
      },
    });
    return this.#session;
  }

  async #register(registration: PathRegistration, checkOnly: boolean): Promise<void> {
    const signal = AbortSignal.timeout(REGISTRATION_TIMEOUT_MS);
    for (;;) {
      const link = await this.#supervisor.whenListening(signal).catch((cause: unknown) => {
        throw new PathRefused('The REST server is being restarted; try again', { cause });
      });
      if (link === undefined) throw new PathRefused('The REST server is not running');
      // If a session ends before its reply, nothing was recorded, and the next session gets the request.
      if ((await this.#session?.register(registration, checkOnly)) === 'done') return;
    }
  }
}

/** Dependencies and callbacks of a session. */
interface SessionTools {
  readonly log: Log;
  readonly feed: NotificationFeed;
  readonly listening: (urls: readonly string[]) => void;
  readonly registered: (registration: PathRegistration) => void;
  /** The log evicted notifications before this HTTP process read them. */
  readonly lost: () => void;
}

interface PendingRegistration {
  readonly registration: PathRegistration;
  readonly checkOnly: boolean;
  readonly resolve: (outcome: 'done' | 'ended') => void;
  readonly reject: (reason: PathRefused) => void;
}

/** Handles the messages of one HTTP process, from its start to its end. */
class HttpSession implements Session {
  readonly #link: HttpProcessLink;
  readonly #tools: SessionTools;
  readonly #pending = new Map<number, PendingRegistration>();
  /** Callbacks for announcements without a reply. */
  readonly #announced = new Map<number, () => void>();
  #lastId = 0;
  #hasEnded = false;
  /** This HTTP process misses notifications. */
  #isBehind = false;

  constructor(link: HttpProcessLink, tools: SessionTools) {
    this.#link = link;
    this.#tools = tools;
  }

  pump(): void {
    if (this.#hasEnded || this.#isBehind || this.#tools.feed.pump()) return;
    this.#isBehind = true;
    this.#tools.lost();
  }

  /** Rejects with a {@link PathRefused}. */
  register(registration: PathRegistration, checkOnly: boolean): Promise<'done' | 'ended'> {
    if (this.#hasEnded) return Promise.resolve('ended');
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { registration, checkOnly, resolve, reject });
      this.#link.send({ type: 'register', id, registration, checkOnly });
    });
  }

  /** Resolves with the reply, or when the HTTP process has ended. */
  announceRevocation(range: RevocationRange): Promise<void> {
    if (this.#hasEnded) return Promise.resolve();
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#announced.set(id, resolve);
      this.#link.send({ type: 'revocation', id, range });
    });
  }

  replacePaths(registrations: readonly PathRegistration[]): void {
    if (!this.#hasEnded) this.#link.send({ type: 'paths', registrations });
  }

  revocationsPassed(): void {
    if (!this.#hasEnded) this.#link.send({ type: 'revocations passed' });
  }

  renewLease(lease: Lease): void {
    if (!this.#hasEnded) this.#link.send({ type: 'lease', lease });
  }

  message(message: FromHttpProcess): void {
    switch (message.type) {
      case 'listening':
        this.#tools.listening(message.urls);
        break;
      case 'log':
        this.#tools.log(message.level, message.message);
        break;
      case 'registered': {
        const pending = this.#takePending(message.id);
        if (pending?.checkOnly === false) this.#tools.registered(pending.registration);
        pending?.resolve('done');
        break;
      }
      case 'registration refused': {
        const { conflictsWith } = message;
        const details = conflictsWith === undefined ? {} : { conflictsWith };
        this.#takePending(message.id)?.reject(new PathRefused(message.message, details));
        break;
      }
      case 'revocation noted':
        this.#announced.get(message.id)?.();
        this.#announced.delete(message.id);
        break;
      case 'heartbeat':
      case 'failed':
        break;
      default:
        message satisfies never;
    }
  }

  drained(): void {
    this.pump();
  }

  ended(): void {
    this.#hasEnded = true;
    for (const { resolve } of this.#pending.values()) resolve('ended');
    this.#pending.clear();
    for (const resolve of this.#announced.values()) resolve();
    this.#announced.clear();
  }

  #takePending(id: number): PendingRegistration | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}
