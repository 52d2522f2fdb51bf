/** A day in UTC, as `2027-03-31`. Days compare as their texts do. */
export type Day = string;

const MILLISECONDS = 86_400_000;

/** A day as people write it, `YYYY-MM-DD`; undefined when there is no such day. */
export function parseDay(text: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return undefined;
  const time = Date.parse(`${text}T00:00:00Z`);
  // 2027-02-30 would be read as 2 March.
  return !Number.isNaN(time) && dayOf(time) === text ? text : undefined;
}

/** @param time milliseconds since 1970 */
export function dayOf(time: number): Day {
  return new Date(time).toISOString().slice(0, 10);
}

/** How many days it is from one to the other; negative when that is over. */
export function daysFrom(start: Day, end: Day): number {
  return Math.round((Date.parse(end) - Date.parse(start)) / MILLISECONDS);
}

export function daysAfter(day: Day, days: number): Day {
  return dayOf(Date.parse(day) + days * MILLISECONDS);
}

/** The same day a year later; 28 February after 29 February. */
export function aYearAfter(day: Day): Day {
  const [year = '', rest = ''] = [day.slice(0, 4), day.slice(4)];
  const next = `${String(Number(year) + 1).padStart(4, '0')}${rest}`;
  return parseDay(next) ?? `${next.slice(0, 8)}28`;
}

/** @param month 1 to 12 */
export function lastDayOf(year: number, month: number): Day {
  return dayOf(Date.UTC(year, month, 0));
}
