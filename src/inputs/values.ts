import { parseDay } from '../dates.ts';
import { messageOf } from '../errors.ts';
import { SHORTEST_SECRET } from '../secrets.ts';
import { oneLine } from '../text.ts';
import { AILMENTS, EXPIRY_SOURCES, OPERATIONS, TICKET_OPERATIONS } from './table.ts';

/** A custom field's value; null clears it (`CustomFields` of the contract). */
export type CustomField = string | number | boolean | { name: string; link: string } | null;

/** Told of each thing that is wrong, so that one run names them all. */
export type Complain = (problem: string) => void;

/** What a catalog takes for a name, and that in words. */
export interface NameForm {
  pattern: RegExp;
  says: string;
}

/** `CatalogService.name` and `IntegrationInstance.name` of Konnect. */
export const MACHINE_NAME: NameForm = {
  pattern: /^[0-9a-z.-]{1,120}$/u,
  says: '1 to 120 lower-case letters, digits, "." and "-"',
};
/** `metadata.name` of Backstage ("Descriptor Format of Catalog Entities", section "name"). */
export const ENTITY_NAME: NameForm = {
  pattern: /^(?:component:)?(?:[\w.-]{1,63}\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/iu,
  says: '1 to 63 letters, digits, "-", "_" and ".", and begins and ends with a letter or digit; or such a name as component:default/name',
};
/** `Labels`: the value's pattern; keys follow it too, and may not begin with what Kong keeps for itself. */
const LABEL = /^[a-z0-9A-Z](?:[a-z0-9A-Z._-]{0,61}[a-z0-9A-Z])?$/u;
const RESERVED = /^(?:kong|konnect|mesh|kic|_)/u;
/** Of 50; one is kept for the mark of a service whose name we derive. */
const MOST_LABELS = 49;
const TEXT_FIELDS = new Set(['owner', 'cost_center', 'product_manager']);
const LINK_FIELDS = new Set(['git_repo', 'dashboard', 'jira_project', 'slack_channel']);

/** Words that outputs have: to mask one would garble them. */
const OUTPUT_WORDS: ReadonlySet<string> = new Set([
  ...OPERATIONS,
  ...TICKET_OPERATIONS,
  ...EXPIRY_SOURCES,
  ...AILMENTS,
]);

/** Whether a value may be a token: it is long enough, and neither a word nor a day that an output may be. */
export function couldBeToken(text: string): boolean {
  return text.length >= SHORTEST_SECRET && !OUTPUT_WORDS.has(text) && parseDay(text) === undefined;
}

export function parseBoolean(text: string): boolean | undefined {
  if (/^(?:true|yes|on|1)$/iu.test(text)) return true;
  if (/^(?:false|no|off|0)$/iu.test(text)) return false;
  return undefined;
}

/** `key=value` lines (`#` begins a comment), or a YAML or JSON map, as labels that catalogs accept. */
export async function parseLabels(text: string, complain: Complain): Promise<Record<string, string>> {
  const lines = text.split(/\r?\n/u).filter((line) => line.trim() && !line.trim().startsWith('#'));
  const pairs = lines.every((line) => /^\s*[^\s:{"'=]+\s*=/u.test(line))
    ? lines.map((line): [string, unknown] => split(line))
    : Object.entries(await parseMap(text, 'failsafe', complain));
  if (pairs.length > MOST_LABELS)
    complain(`has ${pairs.length} labels; the catalog takes at most ${MOST_LABELS}`);
  const labels = new Map<string, string>();
  for (const [key, value] of pairs) {
    const shown = oneLine(key, 80);
    if (labels.has(key)) complain(`names the label "${shown}" twice`);
    if (!LABEL.test(key) || RESERVED.test(key))
      complain(
        `has the label key "${shown}"; a key is 1 to 63 letters, digits, "-", "_" and ".", begins and ends with a letter or digit, and does not begin with kong, konnect, mesh or kic`,
      );
    if (!LABEL.test(String(value)) || typeof value === 'object')
      complain(
        `has the value "${oneLine(describe(value), 80)}" for the label "${shown}"; a value is 1 to 63 letters, digits, "-", "_" and ".", and begins and ends with a letter or digit`,
      );
    labels.set(key, String(value));
  }
  return Object.fromEntries(labels);
}

function split(line: string): [string, string] {
  const [key = '', ...value] = line.split('=');
  return [key.trim(), value.join('=').trim()];
}

/** A YAML or JSON map of custom fields. */
export async function parseCustomFields(
  text: string,
  complain: Complain,
): Promise<Record<string, CustomField>> {
  const fields = Object.entries(await parseMap(text, 'core', complain));
  for (const [key, value] of fields) {
    const shown = oneLine(key, 80);
    if (!/^[a-z][a-z0-9_-]{0,62}$/iu.test(key))
      complain(`has the key "${shown}", which is not a custom field's`);
    else if (value === null) continue;
    else if (typeof value === 'number' && !Number.isFinite(value))
      complain(`has ${value} for ${shown}, which is no number that a catalog takes`);
    else if (TEXT_FIELDS.has(key) && typeof value !== 'string')
      complain(`needs text for ${key}, not ${describe(value)}`);
    else if ((LINK_FIELDS.has(key) || typeof value === 'object') && !isLink(value))
      complain(`needs a map of name and link for ${shown}, like {name: Board, link: "https://example.com"}`);
  }
  return Object.fromEntries(fields) as Record<string, CustomField>;
}

function isLink(value: unknown): value is { name: string; link: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { name, link, ...rest } = value as Record<string, unknown>;
  return (
    typeof name === 'string' &&
    typeof link === 'string' &&
    URL.canParse(link) &&
    Object.keys(rest).length === 0
  );
}

function describe(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
}

/** @param schema what plain values are: `failsafe` leaves them the text that they are, so that 1.10 stays 1.10 */
async function parseMap(
  text: string,
  schema: 'core' | 'failsafe',
  complain: Complain,
): Promise<Record<string, unknown>> {
  // Loaded only when there is a map to read: it costs more than all other parsing.
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text, { schema, uniqueKeys: true, maxAliasCount: 0, logLevel: 'error' });
  } catch (error) {
    complain(`is neither YAML nor JSON: ${oneLine(messageOf(error), 160)}`);
    return {};
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  complain('must be a map of keys to values');
  return {};
}
