import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import {
  type CertificateRequest,
  issueDue,
  loadIdentity,
  prepareCertificates,
} from './certificates.ts';
import type { Identity } from './identity.ts';
import { RENEWAL_MS } from './lifetime.ts';
import type { CertificateNames } from './names.ts';
import { readOwn } from './own.ts';
import { tlsOptions } from './tls-options.ts';

/** Dependencies of {@link LiveCertificates}. */
export interface LiveCertificatesTools {
  readonly directory: string;
  /** Returns the names of the server. The machine's addresses can change. */
  readonly names: () => CertificateNames;
  readonly log: CertificateRequest['log'];
  /** How often the files are compared. The default is 2,000; tests change it. */
  readonly pollMs?: number | undefined;
}

const POLL_MS = 2_000;
/** The longest time between two checks whether a certificate must be renewed. */
const RENEWAL_CHECK_MS = 3_600_000;

/** The files of which the server uses a pair. */
const SERVED = ['server.pem', 'server-key.pem', 'client.pem', 'client-key.pem'];

/**
 * The server's certificate while the gateway runs. Renews a certificate of the gateway before it expires, and
 * notices files that were changed, by polling: that also works for symbolic links and network file systems, and a
 * busy node changes other files in the same directory all the time.
 */
export class LiveCertificates {
  readonly #tools: LiveCertificatesTools;
  #identity: Identity;
  #apply: (identity: Identity) => void = () => undefined;
  #poll: NodeJS.Timeout | undefined;
  #renewal: NodeJS.Timeout | undefined;
  /** The state of the files that was read last, and the one that was seen last. */
  #read: string;
  #seen: string;
  /** The last logged failure, which is not logged again. */
  #failure: string | undefined;
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  private constructor(tools: LiveCertificatesTools, identity: Identity, version: string) {
    this.#tools = tools;
    this.#identity = identity;
    this.#read = version;
    this.#seen = version;
  }

  /** Issues missing certificates. Rejects with a sentence if the directory or its files are not usable. */
  static async prepare(tools: LiveCertificatesTools): Promise<LiveCertificates> {
    const { directory, names, log } = tools;
    const identity = await prepareCertificates({ directory, names: names(), now: new Date(), log });
    // Throws if a key is too weak for TLS, or of an unsupported type.
    createSecureContext(tlsOptions(identity));
    return new LiveCertificates(tools, identity, await versionOf(directory));
  }

  get identity(): Identity {
    return this.#identity;
  }

  /** Starts to watch the files. `apply` gets each new certificate; if it throws, the old one stays. */
  watch(apply: (identity: Identity) => void): void {
    this.#apply = apply;
    const { pollMs = POLL_MS } = this.#tools;
    this.#poll = setInterval(() => this.#enqueue(() => this.#compare()), pollMs).unref();
    this.#scheduleRenewal();
  }

  /** Issues what is missing or due, and reads the files again. Logs the result. Never rejects. */
  reload(): Promise<void> {
    return this.#enqueue(async () => {
      const before = this.#identity;
      this.#failure = undefined;
      await this.#renew();
      if (this.#identity === before && this.#failure === undefined) {
        this.#tools.log('info', `the certificates in ${this.#tools.directory} have not changed`);
      }
    });
  }

  /** Resolves when running work has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#poll);
    clearTimeout(this.#renewal);
    await this.#work;
  }

  /** Runs work after the work before it. */
  #enqueue(work: () => Promise<void>): Promise<void> {
    this.#work = this.#runAfter(this.#work, work);
    return this.#work;
  }

  /** Never rejects: an unexpected error is logged. */
  async #runAfter(earlier: Promise<void>, work: () => Promise<void>): Promise<void> {
    await earlier;
    if (this.#isClosed) return;
    try {
      await work();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Reads files that have changed, when they have not changed any more for one interval. */
  async #compare(): Promise<void> {
    const version = await versionOf(this.#tools.directory);
    const isStable = version === this.#seen;
    this.#seen = version;
    if (version === this.#read || !isStable) return;
    await this.#load(version);
  }

  async #renew(): Promise<void> {
    const { directory, names, log } = this.#tools;
    try {
      await issueDue({ directory, names: names(), now: new Date(), log });
      await this.#load(await versionOf(directory));
    } finally {
      this.#scheduleRenewal();
    }
  }

  /** Renews a certificate of the gateway. Without one, issues nothing: the directory can be away for a while. */
  async #renewOwn(): Promise<void> {
    const own = await readOwn(this.#tools.directory, new Date());
    if (own === undefined) this.#scheduleRenewal();
    else await this.#renew();
  }

  /** Serves the pair in the directory if it is usable. */
  async #load(version: string): Promise<void> {
    const { directory, names, log } = this.#tools;
    this.#read = version;
    this.#seen = version;
    try {
      const now = new Date();
      const identity = await loadIdentity({ directory, names: names(), now });
      if (identity.cert === this.#identity.cert && identity.key === this.#identity.key) return;
      checkUsable(identity, this.#identity, now);
      this.#apply(identity);
      this.#identity = identity;
      this.#failure = undefined;
      log('info', 'new connections use the changed certificate');
      for (const warning of identity.warnings) log('unusual', warning);
      for (const notice of identity.notices) log('info', notice);
    } catch (error) {
      this.#fail(error);
    }
    this.#scheduleRenewal();
  }

  #fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (reason === this.#failure) return;
    this.#failure = reason;
    const { directory, log } = this.#tools;
    log(
      'unusual',
      `the changed certificate in ${directory} is not used, and the old one stays: ${reason}`,
    );
  }

  /** Renews a certificate of the gateway when it is due. Checks once an hour: timers stop while a machine is suspended. */
  #scheduleRenewal(): void {
    clearTimeout(this.#renewal);
    if (this.#isClosed) return;
    const dueMs = this.#identity.expires.getTime() - RENEWAL_MS - Date.now();
    // A certificate that is due now could not be renewed before.
    const delayMs = dueMs > 0 ? Math.min(dueMs, RENEWAL_CHECK_MS) : RENEWAL_CHECK_MS;
    this.#renewal = setTimeout(() => {
      void this.#enqueue(() => this.#renewOwn());
    }, delayMs + 1).unref();
  }
}

/** Throws if a pair cannot be used for TLS, or has expired while the old one has not. */
function checkUsable(identity: Identity, old: Identity, now: Date): void {
  createSecureContext(tlsOptions(identity));
  if (identity.expires <= now && old.expires > now) {
    throw new Error(`it has expired: it was valid until ${identity.expires.toUTCString()}`);
  }
}

/** Identifies the state of the files. Follows symbolic links. */
async function versionOf(directory: string): Promise<string> {
  const states = SERVED.map(async (name) => {
    try {
      const { dev, ino, size, mtimeMs } = await stat(join(directory, name));
      return `${dev} ${ino} ${size} ${mtimeMs}`;
    } catch {
      return 'missing';
    }
  });
  return (await Promise.all(states)).join('\n');
}
