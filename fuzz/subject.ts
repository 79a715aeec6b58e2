import type { Fails } from './shrink-list.ts';
import type { Descriptors } from '../test/support/process-tree.ts';

/** A case of any target: the input of one connection, which survives JSON. */
export interface AnyCase {
  readonly kind: string;
  readonly items: readonly { readonly kind: string; readonly frames?: unknown }[];
}

/** The result of a case. */
export interface Outcome {
  /** The statuses of responses, or the error codes of replies. */
  readonly statuses: readonly number[];
  /** The first violation by the server on this connection. */
  readonly violation: string | undefined;
  /** The connection was refused or never established. */
  readonly isUnreachable: boolean;
  readonly sent: number;
  readonly received: number;
}

export interface RunOptions {
  /** The time that the server may take to close after FIN. */
  readonly closeMs: number;
  /** Receives the bytes from the server, as characters, or what they mean. */
  readonly onData?: (text: string) => void;
  /** Ends the case early, without a violation. A case for the gateway goes on. */
  readonly signal?: AbortSignal;
}

/** A connection is closed within this time, also by a busy machine. */
export const CLOSE_MS = 15_000;

/** The memory and descriptors of a process. */
export interface Usage {
  readonly pid: number;
  readonly name: string;
  readonly memory: number;
  readonly descriptors: Descriptors;
}

/** The processes under test. */
export interface Target {
  /** The server processes. */
  readonly pids: readonly number[];
  /** The names of the processes whose memory must not grow. */
  readonly watched: ReadonlySet<string>;
  /** Returns the first failure since the start: a line in the log, or a process that ended. */
  failure(): string | undefined;
  /** Stops the processes under test and starts them again. */
  restart(): Promise<void>;
  /** Returns the usage of all processes after garbage collection. */
  usage(): Promise<readonly Usage[]>;
  /** Returns the current memory of each process whose memory must not grow, in bytes. */
  memory(): Map<number, number>;
  /** Returns the memory of one process after garbage collection, in bytes. */
  memoryAfterGc(pid: number): Promise<number>;
  stop(): Promise<void>;
}

/** What the fuzzer tests, and how. */
export interface Subject<C extends AnyCase> {
  readonly target: Target;
  /** The arguments with which this program runs the well-behaved client. */
  readonly client: readonly string[];
  /**
   * Returns the case with a number. It depends only on the seed and the number.
   *
   * @param without - leaves out items that contain one of these words, and all items of cases of these kinds
   */
  makeCase(seed: number, index: number, without?: readonly string[]): C;
  /** Sends a case over a new connection, and reads. */
  run(fuzzCase: C, options?: RunOptions): Promise<Outcome>;
  /** Valid cases that are answered at once. */
  readonly probes: readonly C[];
  /** Whether a case waits on purpose. */
  isSlow(fuzzCase: C): boolean;
  /** Makes a case smaller in every way that leaves it failing. */
  shrink(fuzzCase: C, fails: Fails<C>, dependsOnStatus: boolean): Promise<C>;
  /** The bytes of a case, in printable lines. */
  printable(fuzzCase: C): readonly string[];
}
