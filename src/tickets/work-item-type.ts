import { array, type InferOutput, nullish, object, string, union } from 'valibot';
import { Failure } from '../errors.ts';
import { PREVIEW_VERSION } from '../scm/api-version.ts';
import type { WorkItemApi } from './work-item-api.ts';
import { WorkItemRefused } from './work-item-refused.ts';

/** What a process makes of a work item type, as far as a ticket needs it. */
export interface WorkItemType {
  /** The field that its form shows as its text. */
  textField: string;
  /** The state of what is reopened, and of what is closed. */
  open: string;
  closed: string;
  /** Whether a work item in this state is open; undefined where it is resolved, and where the state is none of its type's. */
  isOpen(state: unknown): boolean | undefined;
}

/** Bug shows it in the place of the description, in each process and under each name. */
const REPRO_STEPS = 'Microsoft.VSTS.TCM.ReproSteps';
const DESCRIPTION = 'System.Description';

const Fields = array(object({ referenceName: string() }));
const Definition = union([
  object({ fieldInstances: Fields, fields: nullish(Fields) }),
  object({ fieldInstances: nullish(Fields), fields: Fields }),
]);
const States = object({ value: array(object({ name: string(), category: nullish(string(), '') })) });

const IS_OPEN: Partial<Record<string, boolean>> = {
  Proposed: true,
  InProgress: true,
  Completed: false,
  Removed: false,
};

/** Reads work item types, each once ("Work Item Types - Get", "Work Item Type States - List"). */
export function workItemTypes(call: WorkItemApi): (name: string) => Promise<WorkItemType> {
  const types = new Map<string, Promise<WorkItemType>>();
  return (name) => {
    const known = types.get(name) ?? readType(call, name);
    types.set(name, known);
    return known;
  };
}

/** @throws {Failure} also where it has no state that is open, or none that is closed */
async function readType(call: WorkItemApi, name: string): Promise<WorkItemType> {
  const path = `workitemtypes/${encodeURIComponent(name)}`;
  const get = { method: 'GET', type: name } as const;
  const [{ value: states }, textField] = await Promise.all([
    call(States, {
      ...get,
      what: 'read the states of its type',
      path: `${path}/states`,
      version: PREVIEW_VERSION,
    }),
    call(Definition, { ...get, what: 'read the fields of its type', path }).then(textFieldOf, (error) => {
      // Every type has a description.
      if (error instanceof WorkItemRefused && error.status === 404) return DESCRIPTION;
      throw error;
    }),
  ]);
  const firstOf = (...categories: string[]) =>
    categories.flatMap((category) => states.filter((state) => state.category === category))[0];
  const open = firstOf('Proposed', 'InProgress');
  const closed = firstOf('Completed', 'Removed');
  if (!open || !closed)
    throw new Failure(
      `The work item type "${name}" has no state that is open, or none that is closed.`,
      'Set work-item-type to another type.',
    );
  return {
    textField,
    open: open.name,
    closed: closed.name,
    isOpen(given) {
      const state = states.find((one) => one.name.toLowerCase() === String(given).toLowerCase());
      return state && IS_OPEN[state.category];
    },
  };
}

function textFieldOf({ fieldInstances, fields }: InferOutput<typeof Definition>): string {
  const all = [...(fieldInstances ?? []), ...(fields ?? [])];
  return all.some(({ referenceName }) => referenceName === REPRO_STEPS) ? REPRO_STEPS : DESCRIPTION;
}
