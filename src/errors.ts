/**
 * Something that went wrong in a way a user can act on: what was attempted and what came back, and the cure.
 * The only kind of error that is meant to reach people; everything else is a bug of ours.
 */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly cure: string | undefined;

  constructor(message: string, cure?: string) {
    super(message);
    this.cure = cure;
  }
}

/** What an error says, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The one text that people read about an error: never a stack trace. */
export function explain(error: unknown): string {
  if (error instanceof Failure) return error.cure ? `${error.message}\n${error.cure}` : error.message;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `Unexpected error: ${message}\nThis is a bug in catalog-connect. Please report it with the lines above.`;
}
