import type { Repository } from '../../repository.ts';
import type { Progress, Surroundings } from '../catalog.ts';
import type { BackstageClient } from './client.ts';

/** What the four things of one repository are ensured with. */
export interface Connection extends Omit<Surroundings, 'http'> {
  client: BackstageClient;
  repository: Repository;
  progress: Progress;
  /** Write nothing, and say what would be written. */
  plan: boolean;
  /** The URL by which the catalog knows the file of the repository. */
  target: string;
}
