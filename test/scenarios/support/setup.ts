import { rmSync } from 'node:fs';
import { EXCHANGES } from './world.ts';

/** What was said in an earlier run is not what the contract is to be checked against. */
export default function forgetExchanges(): void {
  rmSync(EXCHANGES, { recursive: true, force: true });
}
