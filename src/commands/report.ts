import type { Outcome, Progress } from '../catalogs/catalog.ts';
import type { Host } from '../hosts/host.ts';
import { OUTPUTS, type OutputName } from '../inputs/table.ts';
import type { KeptTicket } from '../reminder/keep.ts';
import type { Verdict } from '../reminder/verdict.ts';
import { markdown } from '../text.ts';

/** Tells the log, the outputs and the summary what a run does. */
export interface Report extends Omit<Progress, 'credential'> {
  /** Says what the run is for. */
  begin(title: string): void;
  /** What {@link Progress.waiting} said last. */
  waitsFor(): string;
  /**
   * How it is with the credential.
   *
   * @param level how loud it is said where something is wrong
   */
  verdict(verdict: Verdict, level: 'warning' | 'error'): void;
  ticket(kept: KeptTicket): void;
  /** Writes the outputs that the run did not come to, and the summary. To be called once, at the end. */
  finish(failure?: string): void;
}

/** @param summary whether to show a job summary */
export function createReport(host: Host, summary: boolean): Report {
  let heading = 'Catalog Connect';
  let waitsFor = 'the catalog';
  const written = new Set<OutputName>();
  const outcomes: Outcome[] = [];
  const remarks: string[] = [];
  const advice: string[] = [];

  function warning(message: string): void {
    advice.push(message);
    host.warning(message);
  }

  /** Each output is written once: on Azure Pipelines it cannot be changed. */
  function output(name: OutputName, value: string): void {
    if (written.has(name)) return;
    written.add(name);
    host.output(name, value);
  }

  return {
    begin(title) {
      heading = `Catalog Connect: ${title}`;
      host.info(title);
    },
    waitsFor: () => waitsFor,
    waiting(what) {
      waitsFor = what;
    },
    outcome(outcome) {
      const { thing, operation, name, id, reasons } = outcome;
      outcomes.push(outcome);
      if (id) output(`${thing}-id`, id);
      output(`${thing}-operation`, operation);
      const why = reasons.length > 0 ? `: ${reasons.join(', ')}` : '';
      host.info(`${thing.padEnd(12)} ${operation.padEnd(10)} ${name}${id && ` (${id})`}${why}`);
    },
    serviceName: (name) => output('service-name', name),
    resource(id, name) {
      output('resource-id', id);
      host.info(`${'resource'.padEnd(12)} ${'found'.padEnd(10)} ${name || '(not discovered yet)'} (${id})`);
    },
    info: (message) => host.info(message),
    warning,
    verdict({ status, expiry, message, cure, asides }, level) {
      output('credential-status', status);
      if (expiry) {
        output('credential-expires-on', expiry.on);
        output('credential-days-left', String(expiry.daysLeft));
        output('credential-expiry-source', expiry.source);
      }
      for (const aside of asides) warning(aside);
      if (!message) return;
      const text = [message, cure].filter(Boolean).join(' ');
      if (status === 'valid') {
        host.info(text);
        remarks.push(text);
      } else if (level === 'warning') warning(text);
      else {
        advice.push(text);
        host.error(text);
      }
    },
    ticket({ operation, ticket, title }) {
      output('ticket-operation', operation);
      if (ticket) output('ticket-url', ticket.url);
      const where = ticket ? ` (${ticket.url})` : '';
      const line = `${'ticket'.padEnd(12)} ${operation.padEnd(10)} ${title}${where}`;
      host.info(line);
      remarks.push(`Ticket ${operation}: ${title}${where}`);
    },
    finish(failure) {
      const changed = outcomes.some(({ operation }) => operation !== 'unchanged' && operation !== 'skipped');
      output('changed', String(changed));
      for (const { name, default: value } of OUTPUTS) output(name, value);
      const quoted = [...remarks, ...advice, ...(failure ? [failure] : [])];
      if (summary) host.summary(summaryOf(heading, outcomes, quoted));
    },
  };
}

/** Characters. A runner refuses a summary of more than 1 MiB. */
const LONGEST_SUMMARY = 200_000;

function summaryOf(title: string, outcomes: Outcome[], quoted: string[]): string {
  const rows = outcomes.map(({ thing, name, operation, id, reasons }) => {
    const done = reasons.length > 0 ? `${operation}: ${markdown(reasons.join(', '))}` : operation;
    return `| ${thing} | ${markdown(name)} | ${done} | ${markdown(id)} |`;
  });
  const table = rows.length > 0 ? ['| | Name | Operation | ID |', '|---|---|---|---|', ...rows, ''] : [];
  const next = quoted.flatMap((text) => [...text.split('\n').map((line) => `> ${markdown(line)}  `), '']);
  const summary = [`### ${markdown(title)}`, '', ...table, ...next].join('\n');
  if (summary.length <= LONGEST_SUMMARY) return summary;
  return `${summary.slice(0, summary.lastIndexOf('\n', LONGEST_SUMMARY))}\n\nThe rest is in the log.`;
}
