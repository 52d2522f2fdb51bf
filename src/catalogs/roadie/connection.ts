import type { CodeSearch } from '../../scm/code-search.ts';
import type { Connection } from '../backstage/connection.ts';
import type { Guide } from './guide.ts';

/** As for Backstage, with the pages for people. */
export interface RoadieConnection extends Connection {
  site: string;
  guide: Guide;
  search(): Promise<CodeSearch>;
}
