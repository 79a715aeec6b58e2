import { readFileSync } from 'node:fs';
import { OptionError } from '../options/settings.ts';

/** The user as which a separate gateway runs. */
export interface UserSettings {
  /** `NAME`, `NAME:GROUP` or numbers. Without it, the gateway keeps its user. */
  readonly user: string | undefined;
  /** Whether the gateway can run as root. */
  readonly allowRoot: boolean;
}

/** The functions of `process` that change the user. */
export interface UserSystem {
  umask(mask: number): number;
  getuid(): number;
  initgroups(user: string, group: number): void;
  setgroups(groups: readonly number[]): void;
  setgid(id: number): void;
  setuid(id: number): void;
}

/** Only the owner can read files that the process creates. */
const PRIVATE = 0o077;

/**
 * Drops the privileges that a gateway does not need: those of root, supplementary groups, and files that others can read.
 * Throws an {@link OptionError} if the gateway would run as root without permission, or if the user does not exist.
 *
 * @param system - by default `process`; tests replace it
 * @param read - reads `/etc/passwd` and `/etc/group`
 */
export function dropPrivileges(
  { user, allowRoot }: UserSettings,
  system: UserSystem = process as unknown as UserSystem,
  read: (file: string) => string = (file) => readFileSync(file, 'utf8'),
): void {
  system.umask(PRIVATE);
  const isRoot = system.getuid() === 0;
  if (user === undefined) {
    if (!isRoot || allowRoot) return;
    throw new OptionError(
      'the gateway does not run as root, because it does not need to: start it as the user of the node, set `--user`, or set `--allow-root`',
    );
  }
  const { uid, gid, name } = findUser(user, read);
  if (!isRoot) {
    if (system.getuid() === uid) return;
    throw new OptionError(`\`--user\` ${user}: only root can change the user`);
  }
  if (uid === 0 && !allowRoot) {
    throw new OptionError(`\`--user\` ${user} is root: set \`--allow-root\`, or name another user`);
  }
  // Groups first: afterwards the process has no right to change them.
  if (name === undefined) system.setgroups([gid]);
  else system.initgroups(name, gid);
  system.setgid(gid);
  system.setuid(uid);
}

interface User {
  readonly uid: number;
  readonly gid: number;
  /** Undefined for a number that `/etc/passwd` does not list. */
  readonly name: string | undefined;
}

function findUser(text: string, read: (file: string) => string): User {
  const [user = '', group] = text.split(':');
  // NAME:x:UID:GID:… (passwd(5)) and NAME:x:GID:… (group(5)).
  const entry = find(read('/etc/passwd'), user);
  if (entry === undefined && (!isNumber(user) || group === undefined)) {
    throw new OptionError(
      `\`--user\` ${text}: this user does not exist. Name a user of this system, or set UID:GID`,
    );
  }
  const uid = Number(entry?.[2] ?? user);
  if (group === undefined) return { uid, gid: Number(entry?.[3]), name: entry?.[0] };
  const gid = find(read('/etc/group'), group)?.[2] ?? (isNumber(group) ? group : undefined);
  if (gid === undefined) throw new OptionError(`\`--user\` ${text}: this group does not exist`);
  return { uid, gid: Number(gid), name: entry?.[0] };
}

/** Finds an entry by its name or number. */
function find(table: string, key: string): readonly string[] | undefined {
  if (key === '') return undefined;
  const entries = table.split('\n').map((line) => line.split(':'));
  return (
    entries.find(([name]) => name === key) ??
    (isNumber(key) ? entries.find(([, , number]) => number === key) : undefined)
  );
}

function isNumber(text: string): boolean {
  return /^\d{1,10}$/.test(text);
}
