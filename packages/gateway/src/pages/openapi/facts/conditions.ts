import type { Schema } from '@clnrest/commands';

type Members = Readonly<Record<string, unknown>>;

/** Whether an object satisfies the condition of a branch: members that are present, or have one of some values. */
export function holds({ required = [], properties = {} }: Schema, value: Members): boolean {
  return (
    required.every((name) => value[name] !== undefined) &&
    Object.entries(properties).every(([name, { enum: values }]) => {
      const given = value[name];
      return given === undefined || values === undefined || values.includes(given as string);
    })
  );
}

/** Returns a condition in words: "`status` is `paid`". Negated: "`status` is not `paid`". */
export function conditionInWords(
  { required = [], properties = {} }: Schema,
  isMet: boolean,
): string {
  const valued = Object.entries(properties).map(([name, { enum: values = [] }]) => {
    const listed = values.map((each) => `\`${each}\``).join(' or ');
    return `\`${name}\` is ${isMet ? '' : 'not '}${listed}`;
  });
  const present = required
    .filter((name) => !Object.hasOwn(properties, name))
    .map((name) => `\`${name}\` is ${isMet ? 'present' : 'absent'}`);
  return [...valued, ...present].join(isMet ? ' and ' : ' or ');
}
