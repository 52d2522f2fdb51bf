import { mask } from './secrets.ts';

/**
 * Text that came from a server or a user is hostile: it may hold workflow commands, markdown or HTML.
 * Everything here makes such text inert without hiding what it says.
 */

const LINE_BREAKS = /\r\n|[\n\r\u0085\u2028\u2029]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Characters. No limit is near this, however much of a text is masked. */
const MAX_READ = 100_000;

/**
 * One line of bounded length (characters), for quoting foreign text inside a sentence of ours. Secrets are masked first:
 * of one that is cut, escaped or stripped of its tags, a part would stay. This is the one place where text is cut.
 */
export function oneLine(text: string, limit = 300): string {
  return cut(mask(text.slice(0, MAX_READ)), limit);
}

/** What an HTML page says, as {@link oneLine}; also for text that may be one. */
export function pageText(page: string, limit?: number): string {
  return cut(
    mask(page.slice(0, MAX_READ))
      .replace(/<[^<>]*>/gu, ' ')
      .replace(/\s+/gu, ' '),
    limit,
  );
}

function cut(text: string, limit = 300): string {
  const line = text.split(LINE_BREAKS).join(' ').replace(CONTROLS, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/**
 * Text for a log, with its line breaks, in which no line is a command to a runner.
 * An Azure agent acts on `##vso[` anywhere in a line; a GitHub runner on `::` at a line's start
 * and on `##[` anywhere (actions/runner ActionCommand.cs; azure-pipelines-agent Command.cs).
 */
export function inert(text: string): string {
  return text
    .split(LINE_BREAKS)
    .map((line) =>
      line
        .replace(CONTROLS, ' ')
        .replace(/##(?=\w*\[)/gu, '# #')
        .replace(/^(\s*):(?=:)/u, '$1: '),
    )
    .join('\n');
}

/**
 * Text for a cell of a markdown table: everything but letters, digits, spaces and hyphens becomes a character
 * reference, so that neither markdown nor HTML nor an automatic link can come out of it.
 */
export function markdown(text: string): string {
  return oneLine(text, 2_000).replace(/[^\p{L}\p{N} -]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** A list of foreign things, a line each, of bounded length. */
export function bullets(items: string[]): string {
  const shown = items.slice(0, 20).map((item) => `- ${oneLine(item, 500)}`);
  return [...shown, ...(items.length > 20 ? [`- and ${items.length - 20} more`] : [])].join('\n');
}
