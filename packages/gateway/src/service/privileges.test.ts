import { describe, expect, test } from 'vitest';
import { dropPrivileges, type UserSettings } from './privileges.ts';

const FILES: Readonly<Record<string, string>> = {
  '/etc/passwd':
    'root:x:0:0:root:/root:/bin/sh\nlightning:x:110:120::/var/lib/lightning:/bin/false\n',
  '/etc/group': 'root:x:0:\nlightning:x:120:\nweb:x:130:lightning\n',
};

/** Returns the system calls of `dropPrivileges`, in order. */
function calls(uid: number, settings: Partial<UserSettings>): unknown[] {
  const called: unknown[] = [];
  const record =
    (name: string) =>
    (...args: unknown[]): void =>
      void called.push([name, ...args]);
  dropPrivileges(
    { user: undefined, allowRoot: false, ...settings },
    {
      umask: (mask) => called.push(['umask', mask]),
      getuid: () => uid,
      initgroups: record('initgroups'),
      setgroups: record('setgroups'),
      setgid: record('setgid'),
      setuid: record('setuid'),
    },
    (file) => FILES[file] ?? '',
  );
  return called;
}

const UMASK = ['umask', 0o077];

describe('as root', () => {
  test('changes to a user, the groups first', () => {
    expect(calls(0, { user: 'lightning' })).toEqual([
      UMASK,
      ['initgroups', 'lightning', 120],
      ['setgid', 120],
      ['setuid', 110],
    ]);
  });

  test('changes to a user and another group', () => {
    expect(calls(0, { user: 'lightning:web' })).toEqual([
      UMASK,
      ['initgroups', 'lightning', 130],
      ['setgid', 130],
      ['setuid', 110],
    ]);
  });

  test('changes to numbers that the system does not list', () => {
    expect(calls(0, { user: '1000:1001' })).toEqual([
      UMASK,
      ['setgroups', [1001]],
      ['setgid', 1001],
      ['setuid', 1000],
    ]);
  });

  test('stays root only with permission', () => {
    expect(calls(0, { allowRoot: true })).toEqual([UMASK]);
    expect(() => calls(0, {})).toThrow('does not run as root');
    expect(() => calls(0, { user: 'root' })).toThrow('is root');
    expect(() => calls(0, { user: '0:5' })).toThrow('is root');
  });

  test.each(['nobody-here', '1000', '', ':120', 'lightning:nogroup', 'x:1'])(
    'refuses the user %j',
    (user) => {
      expect(() => calls(0, { user })).toThrow('does not exist');
    },
  );
});

describe('as another user', () => {
  test('changes nothing except the mask', () => {
    expect(calls(110, {})).toEqual([UMASK]);
    expect(calls(110, { user: 'lightning' })).toEqual([UMASK]);
  });

  test('cannot change the user', () => {
    expect(() => calls(1000, { user: 'lightning' })).toThrow('only root can change the user');
  });
});
