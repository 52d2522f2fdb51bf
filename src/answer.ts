import { type GenericSchema, getDotPath, type InferOutput, safeParse } from 'valibot';
import { parseJson } from './http/json.ts';
import { oneLine } from './text.ts';

/** An answer as it was asked for, or what came instead, as the end of "…, but got …". */
export type Answer<T> = { success: true; output: T } | { success: false; came: string };

/** Reads the body of an answer that is to be JSON of a certain form. */
export function readAnswer<S extends GenericSchema>(schema: S, text: string): Answer<InferOutput<S>> {
  const json = parseJson(text);
  if (json === undefined) return { success: false, came: notJson(text) };
  const { success, output, issues } = safeParse(schema, json);
  if (success) return { success, output };
  const [{ expected, received, ...issue }] = issues;
  const place = getDotPath({ expected, received, ...issue });
  const fault = `${place ? `${place}: ` : ''}expected ${expected}, got ${received}`;
  return { success: false, came: `${oneLine(text, 80)} (${oneLine(fault, 120)})` };
}

function notJson(text: string): string {
  if (text.trim() === '') return 'an empty answer';
  return `${/^\s*<(?:!doctype|html)/iu.test(text) ? 'HTML' : 'no JSON'}: "${oneLine(text, 80)}"`;
}
