import fc from 'fast-check';
import type { CredentialFacts } from '../src/catalogs/catalog.ts';
import { daysAfter } from '../src/dates.ts';
import {
  decide,
  type Mark,
  markText,
  readMark,
  type Situation,
  situationOf,
} from '../src/reminder/ticket.ts';
import { type Given, judge } from '../src/reminder/verdict.ts';
import type { PatTrial } from '../src/scm/azure-devops.ts';
import { issueMonthOf } from '../src/scm/pat.ts';

const TODAY = '2027-03-01';
const healthy: CredentialFacts = {
  status: 'valid',
  advice: undefined,
  subject: 'The PAT of the integration "azure-devops"',
  inUse: false,
  integration: { name: 'azure-devops', page: 'https://cloud.konghq.com/us' },
  key: 'abcdef012345',
  owner: { provider: 'azure-devops', organization: 'acme', host: 'https://dev.azure.com' },
  credential: '0123456789ab',
  storedOn: '2026-06-15',
  expiresOn: undefined,
  recorded: undefined,
  fromPat: undefined,
  store: 'run command: register',
  renewal: ['Make a new PAT.', 'Run command: register once.'],
};
const given: Given = { patExpiresOn: undefined, azureDevOpsPat: undefined, remindWithin: 30 };
/** In the newer format, issued in this month (A to L) of this year (A is 2024). */
const newPat = (year: string, month: string) =>
  `${'a'.repeat(52)}JQQJ99${year}${month}${'b'.repeat(12)}AAAAAZDO${'c'.repeat(4)}`;
const expired: PatTrial = { result: 'expired', why: 'It has expired.' };
const refused: PatTrial = { result: 'refused', why: 'It is refused.' };

describe('the month in which a PAT was issued', () => {
  test.each([
    [newPat('A', 'A'), { year: 2024, month: 1 }],
    [newPat('C', 'L'), { year: 2026, month: 12 }],
    [newPat('C', 'M'), undefined],
    [newPat('C', 'L').slice(1), undefined],
    ['q7hx4vzk2mwp6trs3bnd5fgj7clm4yqa2hzx6kvw3ptr5sbn7dfg', undefined],
  ])('%s', (pat, expected) => expect(issueMonthOf(pat)).toEqual(expected));
});

describe('when a credential ends', () => {
  const expiryOf = (facts: Partial<CredentialFacts>, more: Partial<Given> = {}) =>
    judge({ ...healthy, ...facts }, undefined, { ...given, ...more }, TODAY).expiry;

  test('is known from the best source', () => {
    const all = { expiresOn: '2027-05-02', recorded: '2027-05-03' };
    const pat = { azureDevOpsPat: newPat('C', 'E') };
    expect(expiryOf(all, { ...pat, patExpiresOn: '2027-05-01' })).toMatchObject({
      source: 'input',
      on: '2027-05-01',
    });
    expect(expiryOf(all, pat)).toMatchObject({ source: 'catalog', on: '2027-05-02' });
    expect(expiryOf({ recorded: all.recorded }, pat)).toMatchObject({ source: 'recorded', atMost: false });
    expect(expiryOf({}, pat)).toEqual({
      source: 'token-issue-month',
      on: '2027-05-31',
      daysLeft: 91,
      atMost: true,
    });
    expect(expiryOf({})).toEqual({ source: 'created-at', on: '2027-06-15', daysLeft: 106, atMost: true });
  });
  test.each(['github', 'gitlab'] as const)('is not what is said of a PAT, on %s', (provider) => {
    const owner = { ...healthy.owner, provider };
    const said = { patExpiresOn: '2027-03-05', azureDevOpsPat: newPat('C', 'E') };
    expect(expiryOf({ owner }, said)).toBeUndefined();
    expect(expiryOf({ owner, expiresOn: '2027-05-02' }, said)).toMatchObject({ source: 'catalog' });
  });
  test('is the earlier of two upper bounds', () =>
    expect(expiryOf({ storedOn: '2026-04-10' }, { azureDevOpsPat: newPat('C', 'E') })).toMatchObject({
      source: 'created-at',
      on: '2027-04-10',
    }));
  test('is not read from a PAT that is another one', () =>
    expect(expiryOf({ fromPat: false }, { azureDevOpsPat: newPat('C', 'E') })).toMatchObject({
      source: 'created-at',
    }));
  test('is not known of an app that was authorized in a browser', () =>
    expect(expiryOf({ owner: { ...healthy.owner, provider: 'github' } })).toBeUndefined());
});

describe('the verdict', () => {
  const verdict = (days: number, facts: Partial<CredentialFacts> = {}, trial?: PatTrial) =>
    judge({ ...healthy, recorded: daysAfter(TODAY, days), ...facts }, trial, given, TODAY);

  test.each([
    [31, 'valid', '31 days are left'],
    [30, 'expiring', '30 days are left'],
    [14, 'expiring', '14 days are left'],
    [1, 'expiring', '1 day is left'],
    [0, 'expiring', 'this is its last day'],
    [-1, 'expired', 'ended on 2027-02-28'],
  ])('%d days before the end', (days, status, says) => {
    expect(verdict(days).status).toBe(status);
    expect(verdict(days).message).toContain(says);
    expect(verdict(days).expiry?.daysLeft).toBe(days);
  });
  test.each(['expired', 'tainted', 'missing', 'unauthorized'] as const)('%s by the catalog', (status) => {
    const advice = { problem: 'It does not work.', cure: 'Do this.' };
    expect(verdict(100, { status, advice })).toMatchObject({
      status,
      message: advice.problem,
      cure: advice.cure,
    });
  });
  test('of what nothing proves, only a day or a try tells', () => {
    const advice = { problem: 'It is unknown whether it works.', cure: 'Look.' };
    const unknown = { status: 'unknown', advice } as const;
    const gitHub = { ...healthy.owner, provider: 'github' } as const;
    expect(verdict(100, unknown)).toMatchObject({
      status: 'unknown',
      message: advice.problem,
      cure: advice.cure,
      works: false,
    });
    expect(verdict(100, { ...unknown, owner: gitHub })).toMatchObject({ status: 'unknown', works: false });
    expect(judge({ ...healthy, ...unknown, storedOn: undefined }, undefined, given, TODAY).status).toBe(
      'unknown',
    );
    expect(verdict(100, unknown, { result: 'works' }).status).toBe('unknown');
    expect(verdict(100, unknown, { result: 'unknown', why: 'No answer.' }).status).toBe('unknown');
    expect(verdict(100, { ...unknown, fromPat: false }, refused).status).toBe('unknown');
    expect(verdict(100, { ...unknown, fromPat: true }, { result: 'works' })).toMatchObject({
      status: 'valid',
      works: true,
    });
    expect(verdict(100, unknown, refused).status).toBe('tainted');
    const expiring = verdict(10, unknown);
    expect(expiring.status).toBe('expiring');
    expect(expiring.message).toContain(advice.problem);
    expect(verdict(-1, unknown).status).toBe('expired');
  });
  test('what was tried counts more than what is written', () => {
    expect(verdict(100, {}, expired).status).toBe('expired');
    expect(verdict(100, {}, refused).status).toBe('tainted');
    expect(verdict(-5, { fromPat: undefined }, { result: 'works' }).status).toBe('expired');
    expect(verdict(-5, { fromPat: true }, { result: 'works' })).toMatchObject({
      status: 'expiring',
      cure: expect.stringContaining('Set pat-expires-on'),
    });
    expect(verdict(100, {}, { result: 'unknown', why: 'No answer.' }).status).toBe('valid');
  });
  test('a PAT that is not the one of the credential says nothing of it', () => {
    const { status, asides } = verdict(100, { fromPat: false }, expired);
    expect(status).toBe('valid');
    expect(asides).toEqual([expect.stringContaining('uses another one')]);
    const newer = judge(
      { ...healthy, recorded: daysAfter(TODAY, 5), fromPat: false },
      { result: 'works' },
      { ...given, patExpiresOn: daysAfter(TODAY, 300) },
      TODAY,
    );
    expect(newer).toMatchObject({ status: 'expiring', expiry: { source: 'recorded', daysLeft: 5 } });
    expect(newer.asides).toEqual([expect.stringContaining('the catalog still uses another one')]);
  });
  test('a day that no PAT can have is doubted', () => {
    const asides = (patExpiresOn: string) =>
      judge(healthy, undefined, { ...given, patExpiresOn }, TODAY).asides.length;
    expect([asides('2028-03-01'), asides('2028-03-02'), asides('2028-03-03')]).toEqual([0, 0, 1]);
  });
});

describe('the ticket', () => {
  const situation = (daysLeft: number, remindWithin = 30) =>
    situationOf(
      healthy,
      judge(
        { ...healthy, recorded: daysAfter(TODAY, daysLeft) },
        undefined,
        { ...given, remindWithin },
        TODAY,
      ),
      remindWithin,
      false,
    );

  test.each([
    [30, 30, 30],
    [15, 30, 30],
    [14, 30, 14],
    [7, 30, 7],
    [2, 30, 7],
    [0, 30, 1],
    [-1, 30, 'expired'],
    [31, 30, 'renewed'],
    [60, 60, 60],
    [30, 60, 30],
    [10, 10, 10],
    [7, 10, 7],
  ])('%d days before the end, reminded within %d', (left, within, stage) =>
    expect(situation(left, within).stage).toBe(stage),
  );

  const now = {
    stage: 14,
    on: '2027-03-15',
    credential: 'abc',
    exact: true,
    works: false,
    remindWithin: 30,
    told: 0,
  } satisfies Situation & Mark;
  const open = { open: true };
  const closed = { open: false };

  test('says nothing of what is unknown', () => {
    const facts = { ...healthy, status: 'unknown', storedOn: undefined } as const;
    const unknown = situationOf(facts, judge(facts, undefined, given, TODAY), 30, false);
    expect(unknown.stage).toBe('unknown');
    for (const ticket of [open, closed])
      for (const stage of [30, 1, 'expired', 'tainted', 'missing', 'unauthorized', 'renewed'] as const)
        expect(
          decide(ticket, { ...now, stage, credential: 'another' }, { ...now, stage: 'unknown', works: true }),
        ).toBeUndefined();
    expect(decide(open, undefined, unknown)).toBeUndefined();
  });
  test('says the same once', () => {
    expect(decide(open, now, now)).toBeUndefined();
    expect(decide(open, { ...now, stage: 30 }, now)).toEqual({ operation: 'updated', tell: true });
    expect(decide(open, { ...now, on: '2027-03-14' }, now)).toEqual({ operation: 'updated', tell: false });
  });
  test('that a person closed stays closed until it gets graver, or the next year', () => {
    expect(decide(closed, now, now)).toBeUndefined();
    expect(decide(closed, { ...now, stage: 7 }, now)).toEqual({ operation: 'updated', tell: false });
    for (const stage of ['missing', 'unauthorized', 'tainted'] as const)
      expect(decide(closed, { ...now, stage }, { ...now, works: true })).toEqual({
        operation: 'updated',
        tell: false,
      });
    expect(decide(closed, { ...now, on: '2027-03-14' }, now)).toBeUndefined();
    expect(decide(closed, { ...now, stage: 30 }, now)?.operation).toBe('reopened');
    expect(decide(closed, { ...now, stage: 7, on: '2026-03-20' }, now)?.operation).toBe('reopened');
    expect(decide(closed, { ...now, stage: 'renewed' }, now)?.operation).toBe('reopened');
  });
  test('is closed by a renewal, and by nothing that only looks like one', () => {
    const later = { ...now, stage: 'renewed' as const, on: '2028-03-01' };
    expect(decide(open, now, later)?.operation).toBe('closed');
    expect(decide(open, now, { ...later, exact: false })).toBeUndefined();
    expect(decide(open, now, { ...later, exact: false, credential: 'def' })?.operation).toBe('closed');
    const doubtful = { ...later, exact: false };
    expect(decide(open, { ...now, stage: 'missing' }, doubtful)?.operation).toBe('closed');
    for (const stage of ['expired', 'tainted'] as const) {
      expect(decide(open, { ...now, stage }, doubtful)).toBeUndefined();
      expect(decide(open, { ...now, stage }, { ...doubtful, works: true })?.operation).toBe('closed');
    }
  });
  test('that a person closed after the renewal is ready for the next year', () => {
    const later = { ...now, stage: 'renewed' as const, on: '2028-03-01' };
    expect(decide(closed, now, later)).toEqual({ operation: 'updated', tell: false });
    expect(decide(closed, later, later)).toBeUndefined();
    const other = { ...now, credential: 'def', on: '2027-03-20' };
    expect(decide(closed, { ...now, stage: 1 }, other)?.operation).toBe('reopened');
  });
  test('that is neither open nor closed is opened as if it were closed, and closed as if it were open', () => {
    const neither = { open: undefined };
    expect(decide(neither, now, now)).toBeUndefined();
    expect(decide(neither, { ...now, stage: 30 }, now)?.operation).toBe('reopened');
    const later = { ...now, stage: 'renewed' as const, on: '2028-03-01' };
    expect(decide(neither, now, later)?.operation).toBe('closed');
    expect(decide(neither, later, later)).toBeUndefined();
  });
  test('keeps what it says in a mark', () => {
    const stage = fc.constantFrom<Situation['stage']>(30, 14, 1, 'expired', 'tainted', 'missing', 'renewed');
    const on = fc.constantFrom('', '2027-03-15');
    fc.assert(
      fc.property(
        stage,
        on,
        fc.constantFrom('', '0123456789ab'),
        fc.string(),
        (stage, on, credential, text) => {
          const mark = { stage, on, credential, told: 3 };
          const body = `${text}<code>${markText('catalog-connect-abc', mark)}</code>${text}`;
          expect(readMark('catalog-connect-abc', body)).toEqual(mark);
          expect(readMark('catalog-connect-def', body)).toBeUndefined();
        },
      ),
    );
  });
});
