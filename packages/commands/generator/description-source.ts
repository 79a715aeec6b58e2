/** The texts that the generator writes into doc comments. */
export interface DescriptionSource {
  summary(command: string): string;
  description(command: string): string;
  /** A parameter of a command, by the path of members. */
  param(command: string, path: readonly string[]): string | undefined;
  /** A member of a result or payload. */
  field(path: readonly string[]): string | undefined;
  notification(topic: string): string;
  hook(name: string): string;
}
