import fc from 'fast-check';
import { aYearAfter, dayOf, daysAfter, daysFrom, lastDayOf, parseDay } from '../src/dates.ts';

test.each([
  ['2027-03-31', '2027-03-31'],
  ['2028-02-29', '2028-02-29'],
  ['2027-02-29', undefined],
  ['2027-13-01', undefined],
  ['2027-3-1', undefined],
  ['31.03.2027', undefined],
  ['2027-03-31T00:00:00Z', undefined],
])('the day %s', (text, expected) => expect(parseDay(text)).toBe(expected));

test.each([
  ['2026-11-22', '2027-11-22'],
  ['2027-02-28', '2028-02-28'],
  ['2028-02-29', '2029-02-28'],
  ['2099-12-31', '2100-12-31'],
])('a year after %s', (day, expected) => expect(aYearAfter(day)).toBe(expected));

test.each([
  [2027, 2, '2027-02-28'],
  [2028, 2, '2028-02-29'],
  [2026, 12, '2026-12-31'],
])('the last day of %d-%d', (year, month, expected) => expect(lastDayOf(year, month)).toBe(expected));

test('a day lasts until midnight in UTC, wherever the machine is', () => {
  expect(dayOf(Date.parse('2027-03-28T23:59:59.999Z'))).toBe('2027-03-28');
  expect(dayOf(Date.parse('2027-03-29T00:00:00Z'))).toBe('2027-03-29');
});

test('days are counted without gaps, over leap days and the change of clocks', () => {
  const start = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2090-01-01') });
  fc.assert(
    fc.property(start, fc.integer({ min: -800, max: 800 }), (time, days) => {
      const day = dayOf(time);
      expect(daysFrom(day, daysAfter(day, days))).toBe(days);
      expect(daysAfter(daysAfter(day, days), -days)).toBe(day);
    }),
  );
  expect(daysFrom('2027-02-28', '2027-03-01')).toBe(1);
  expect(daysFrom('2028-02-28', '2028-03-01')).toBe(2);
});
