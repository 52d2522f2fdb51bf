import { mask } from '../secrets.ts';
import { oneLine } from '../text.ts';

/** Text for a ticket. Made by {@link html} alone, so that nothing foreign in it is more than text. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * HTML as both GitHub and Azure DevOps show it. What is put into the template is quoted as code, in which neither makes
 * a mention, a reference or a link of anything; HTML is put in as it is.
 */
export function html(parts: TemplateStringsArray, ...values: (string | number | Html)[]): Html {
  const shown = values.map((value) =>
    value instanceof Html ? value.text : `<code>${escaped(oneLine(String(value), 500))}</code>`,
  );
  return new Html(String.raw({ raw: parts }, ...shown));
}

/** A sentence of ours. A name in it may be foreign: it mentions and refers to nobody, as a word joiner follows @ and #. */
export function words(text: string): Html {
  const inner = oneLine(text, 1_000);
  const spaced = `${/^\s/u.test(text) ? ' ' : ''}${inner}${inner && /\s$/u.test(text) ? ' ' : ''}`;
  return new Html(escaped(spaced).replace(/[@#](?!\d+;)/gu, '$&&#8288;'));
}

/** A link to a page; only its text where the address is not one. */
export function link(address: string, text: string): Html {
  return /^https?:\/\//u.test(address) && URL.canParse(address)
    ? new Html(`<a href="${escaped(mask(new URL(address).href))}">${escaped(mask(text))}</a>`)
    : new Html(escaped(mask(text)));
}

function escaped(text: string): string {
  return text.replace(/[&<>"'`]/gu, (character) => `&#${character.charCodeAt(0)};`);
}
