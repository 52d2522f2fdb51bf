import {
  array,
  boolean,
  type InferOutput,
  nullish,
  number,
  object,
  optional,
  string,
  union,
  unknown,
} from 'valibot';
import { oneLine } from '../text.ts';
import type { Ticket } from './tracker.ts';

export const User = object({ login: string() });

/** An issue ("REST API endpoints for issues"); pull requests are listed as issues too. */
export const Issue = object({
  number: number(),
  html_url: string(),
  state: string(),
  body: nullish(string()),
  user: nullish(User),
  locked: nullish(boolean()),
  labels: nullish(array(union([string(), object({ name: nullish(string()) })]))),
  pull_request: optional(unknown()),
});
export type Issue = InferOutput<typeof Issue>;

export function ticketOf({ number, html_url, state, body, user, locked }: Issue): Ticket {
  return {
    id: number,
    url: oneLine(html_url),
    open: state === 'open',
    body: body ?? '',
    author: user?.login,
    locked: locked ?? false,
  };
}

/** Those of some labels that an issue does not have. */
export function missingLabels({ labels }: Issue, wanted: string[]): string[] {
  const names = labels?.map((label) => (typeof label === 'string' ? label : label.name)) ?? [];
  return wanted.filter((label) => !names.some((name) => isSame(name, label)));
}

/** Names of labels and of people are the same to GitHub without regard to case. */
export function isSame(left: string | null | undefined, right: string): boolean {
  return left?.toLowerCase() === right.toLowerCase();
}
