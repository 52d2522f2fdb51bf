import { type Day, parseDay } from '../dates.ts';
import { isConfidential } from '../http/address.ts';
import { SHORTEST_SECRET } from '../secrets.ts';
import { oneLine } from '../text.ts';
import { INPUTS, type InputName, type InputRow } from './table.ts';
import { type Complain, couldBeToken, type NameForm, parseBoolean } from './values.ts';

/**
 * Reads inputs, each by the type that it has; what is wrong with them is collected.
 *
 * @param read the value of an input by its kebab-case name
 * @param problems where what is wrong is added
 */
export function inputReader(read: (name: InputName) => string, problems: string[]) {
  const complainOf =
    (name: InputName): Complain =>
    (problem) =>
      problems.push(`${name} ${problem}`);
  const text = (name: InputName) => read(name).trim() || undefined;
  const value = (name: InputName) => text(name) ?? row(name).default;

  function choice<T extends string>(name: InputName): T {
    const given = value(name);
    if (given !== undefined && !row(name).choices?.includes(given))
      complainOf(name)(`is "${oneLine(given, 80)}"; it can be ${row(name).choices?.join(', ')}`);
    return given as T;
  }
  function list(name: InputName): string[] {
    const given = (value(name) ?? '').split(/[,\r\n]/u).map((item) => item.trim());
    return [...new Set(given.filter(Boolean))];
  }
  function choices<T extends string>(name: InputName): T[] {
    const given = list(name);
    for (const item of given.filter((one) => !row(name).choices?.includes(one)))
      complainOf(name)(`has "${oneLine(item, 80)}"; it can have ${row(name).choices?.join(', ')}`);
    return given as T[];
  }
  function day(name: InputName): Day | undefined {
    const given = text(name);
    const parsed = given && parseDay(given);
    if (given && !parsed)
      complainOf(name)(`is "${oneLine(given, 80)}"; it must be a day as YYYY-MM-DD, like 2027-03-31`);
    return parsed || undefined;
  }
  function boolean(name: InputName): boolean {
    const parsed = parseBoolean(value(name) ?? '');
    if (parsed === undefined) complainOf(name)(`is "${oneLine(read(name), 80)}"; it can be true or false`);
    return parsed ?? false;
  }
  function whole(name: InputName, least: number, most: number, unit: string): number {
    const given = value(name) ?? '';
    if (!/^\d{1,5}$/u.test(given) || Number(given) < least || Number(given) > most)
      complainOf(name)(`is "${oneLine(given, 80)}"; it must be a number of ${unit} from ${least} to ${most}`);
    return Number(given);
  }
  function limited(name: InputName, longest: number): string | undefined {
    const given = text(name);
    if (given && given.length > longest)
      complainOf(name)(`has ${given.length} characters; the catalog takes at most ${longest}`);
    return given;
  }
  function name(input: InputName, form: NameForm): string | undefined {
    const given = text(input);
    if (given && !form.pattern.test(given))
      complainOf(input)(`is "${oneLine(given, 130)}"; a name is ${form.says}`);
    return given;
  }
  function url(name: InputName): string | undefined {
    const given = text(name);
    if (given === undefined) return undefined;
    // A parser drops what it takes for a slip, and does not tell an empty query or fragment.
    const parsed =
      /^https?:\/\/(?!\/)[^\s\p{C}\\?#@]+$/iu.test(given) && URL.canParse(given) ? new URL(given) : undefined;
    if (!parsed || !isConfidential(parsed.href)) {
      complainOf(name)('must be an https URL without user, query and fragment (plain http only to loopback)');
      return undefined;
    }
    return parsed.href.replace(/\/+$/u, '');
  }
  function filePath(name: InputName): string {
    const given = value(name) ?? '';
    const path = given.startsWith('/') ? given : `/${given}`;
    if (path.endsWith('/') || /[\\\p{Cc}?]|\/\.{0,2}(?:\/|$)/u.test(path))
      complainOf(name)(
        `is "${oneLine(given, 80)}"; it must be the path of a file from the root of the repository`,
      );
    return path;
  }
  function secret(name: InputName): string | undefined {
    const given = text(name);
    // A header cannot carry these, and no token has them: it was pasted with something around it.
    if (given && /[^\x21-\x7e]/u.test(given))
      complainOf(name)('contains spaces, line breaks or other characters that no token has');
    else if (given && !couldBeToken(given))
      complainOf(name)(
        `is no token: a token has at least ${SHORTEST_SECRET} characters, and is no ordinary word. Check the secret that it is set to`,
      );
    return given;
  }

  return {
    complainOf,
    text,
    value,
    choice,
    choices,
    list,
    day,
    boolean,
    whole,
    limited,
    name,
    url,
    filePath,
    secret,
  };
}

const rows: ReadonlyMap<string, InputRow> = new Map(INPUTS.map((entry) => [entry.name, entry]));

function row(name: InputName): InputRow {
  return rows.get(name) as InputRow;
}
