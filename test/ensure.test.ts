import type { Clock } from '../src/clock.ts';
import { type Ensurable, ensure } from '../src/ensure.ts';
import { Failure } from '../src/errors.ts';

interface Thing {
  id: number;
  color: string;
}

/** A place for one thing, and what goes wrong with each write to it. */
function place(
  existing: Thing | undefined,
  ...faults: ('conflict' | 'lost before' | 'lost after' | 'refused' | 'refused after' | 'not sent')[]
) {
  const state = { thing: existing, asked: [] as string[], appears: undefined as Thing | undefined };
  const write = (name: string, value: Thing): Promise<Thing> => {
    state.asked.push(name);
    const fault = faults.shift();
    if (fault === 'conflict') {
      state.thing = state.appears;
      throw Object.assign(new Failure('409'), { conflict: true });
    }
    if (fault === 'not sent') throw new Failure('not sent');
    if (fault === 'refused') throw Object.assign(new Failure('403'), { status: 403 });
    if (fault !== 'lost before') state.thing = value;
    if (fault === 'refused after') throw Object.assign(new Failure('403'), { status: 403 });
    if (fault) throw Object.assign(new Failure('lost'), { maybeProcessed: true });
    return Promise.resolve(value);
  };
  const thing: Ensurable<Thing> = {
    title: 'thing',
    hidden: 'Look behind the curtain.',
    find: async () => state.thing,
    differs: (found) => (found.color === 'blue' ? [] : ['color']),
    create: () => write('create', { id: 2, color: 'blue' }),
    update: (found) => write('update', { ...found, color: 'blue' }),
  };
  return { state, thing };
}

function clock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => 0,
    sleep: async (milliseconds) => void slept.push(milliseconds),
    after: () => () => {},
  };
}

const blue = { id: 1, color: 'blue' };
const red = { id: 1, color: 'red' };

test.each([
  ['equal', blue, [], 'unchanged', [], blue],
  ['different', red, [], 'updated', ['update'], blue],
  ['absent', undefined, [], 'created', ['create'], { id: 2, color: 'blue' }],
  ['absent, answer lost after', undefined, ['lost after'], 'created', ['create'], { id: 2, color: 'blue' }],
  [
    'absent, lost before',
    undefined,
    ['lost before', 'lost before'],
    'created',
    ['create', 'create', 'create'],
    { id: 2, color: 'blue' },
  ],
  ['different, answer lost after', red, ['lost after'], 'updated', ['update'], blue],
] as const)('%s', async (_, existing, faults, operation, asked, value) => {
  const { thing, state } = place(existing, ...faults);
  const ensured = await ensure(thing, { plan: false, clock: clock() });
  expect(ensured).toMatchObject({ operation, value });
  expect(state.asked).toEqual(asked);
});

test('a conflict is another that was faster: its thing is taken, and repaired where it differs', async () => {
  const { thing, state } = place(undefined, 'conflict');
  state.appears = { id: 7, color: 'blue' };
  expect(await ensure(thing, { plan: false, clock: clock() })).toMatchObject({
    operation: 'unchanged',
    value: { id: 7 },
  });
  const second = place(undefined, 'conflict');
  second.state.appears = { id: 7, color: 'red' };
  expect(await ensure(second.thing, { plan: false, clock: clock() })).toMatchObject({
    operation: 'updated',
    value: { id: 7, color: 'blue' },
  });
});

test('a conflict that nothing explains ends, with longer and longer pauses', async () => {
  const { thing, state } = place(undefined, ...Array<'conflict'>(9).fill('conflict'));
  const time = clock();
  await expect(ensure(thing, { plan: false, clock: time })).rejects.toMatchObject({
    message: 'The thing can neither be found nor created. 409',
    cure: 'Look behind the curtain.',
  });
  expect(state.asked).toHaveLength(5);
  expect(time.slept).toEqual([500, 1000, 2000, 4000]);
});

test('a refusal is not repeated, but looked at once: what is there counts, not what was answered', async () => {
  for (const existing of [undefined, red]) {
    const refused = place(existing, 'refused');
    const find = jest.spyOn(refused.thing, 'find');
    await expect(ensure(refused.thing, { plan: false, clock: clock() })).rejects.toThrow('403');
    expect(refused.state.asked).toHaveLength(1);
    expect(find).toHaveBeenCalledTimes(2);

    const done = place(existing, 'refused after');
    expect(await ensure(done.thing, { plan: false, clock: clock() })).toMatchObject({
      operation: existing ? 'updated' : 'created',
      value: { color: 'blue' },
    });
    expect(done.state.asked).toHaveLength(1);
  }
});

test('a refusal stands when nobody can look', async () => {
  const { thing } = place(undefined, 'refused');
  jest
    .spyOn(thing, 'find')
    .mockResolvedValueOnce(undefined)
    .mockRejectedValueOnce(Object.assign(new Failure('401'), { status: 401 }));
  await expect(ensure(thing, { plan: false, clock: clock() })).rejects.toThrow('403');
});

test('what was not sent is not looked for', async () => {
  const { thing } = place(undefined, 'not sent');
  const find = jest.spyOn(thing, 'find');
  await expect(ensure(thing, { plan: false, clock: clock() })).rejects.toThrow('not sent');
  expect(find).toHaveBeenCalledTimes(1);
});

test('what is lost each time is looked for a last time', async () => {
  const { thing } = place(
    undefined,
    'lost before',
    'lost before',
    'lost before',
    'lost before',
    'lost after',
  );
  expect(await ensure(thing, { plan: false, clock: clock() })).toMatchObject({ operation: 'created' });
});

test.each([
  [undefined, 'created'],
  [red, 'updated'],
  [blue, 'unchanged'],
] as const)('a plan writes nothing (%o)', async (existing, operation) => {
  const { thing, state } = place(existing);
  expect((await ensure(thing, { plan: true, clock: clock() })).operation).toBe(operation);
  expect(state.asked).toEqual([]);
});

test('what is not permitted is not written, and a plan says so too', async () => {
  for (const plan of [true, false]) {
    const { thing, state } = place(red);
    thing.permit = () => {
      throw new Failure('no');
    };
    await expect(ensure(thing, { plan, clock: clock() })).rejects.toThrow('no');
    expect(state.asked).toEqual([]);
  }
});
