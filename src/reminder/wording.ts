import type { Expiry } from './expiry.ts';

export function daysLeft(days: number): string {
  if (days === 0) return 'this is its last day';
  return days === 1 ? '1 day is left' : `${days} days are left`;
}

/** How a day is known, as an aside. */
export function howKnown({ source }: Expiry): string {
  return {
    input: 'by pat-expires-on',
    catalog: 'by the catalog',
    recorded: 'recorded when it was registered',
    'token-issue-month':
      'an upper bound: the token was issued in the same month a year before, and lives a year at most',
    'created-at': 'an upper bound: a year after the catalog stored it, which is as long as a PAT lives',
  }[source];
}
