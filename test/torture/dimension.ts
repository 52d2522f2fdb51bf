/** One way in which things go wrong, in all its cases. Each dimension has a file of its own. */
export interface Dimension {
  name: string;
  cases(): Promise<Case[]>;
}

/** Something goes wrong in one run, and a clean one follows. */
export interface Case {
  name: string;
  run(): Promise<Result>;
}

export interface Result {
  /** Whether the run in which it went wrong succeeded all the same. */
  survived: boolean;
  /** What is not as it must be, during or afterwards. */
  problems: string[];
}

export interface Tally {
  tried: number;
  /** The run in which it went wrong succeeded. */
  inPlace: number;
  /** The next run did. */
  byNext: number;
  failures: string[];
}

/** @param pick which of the cases to try, by a running number */
export async function tally(
  { cases }: Dimension,
  pick: (position: number) => boolean = () => true,
): Promise<Tally> {
  const total: Tally = { tried: 0, inPlace: 0, byNext: 0, failures: [] };
  for (const { name, run } of (await cases()).filter((_, position) => pick(position))) {
    const { survived, problems } = await run();
    total.tried += 1;
    if (problems.length > 0) total.failures.push(`${name}: ${problems.join('; ')}`);
    else if (survived) total.inPlace += 1;
    else total.byNext += 1;
  }
  return total;
}

export function figures({ tried, inPlace, byNext, failures }: Tally): string {
  return `${tried} combinations tried, ${inPlace} survived in place, ${byNext} survived by the next run, ${failures.length} failed`;
}
