import type { Access } from './connection.ts';
import { Integration } from './schemas.ts';

/** What the platform says of our integration: the headers of its credential, the types of its resources. */
export async function readManifest({ client, owner }: Access): Promise<Integration | undefined> {
  const integrations = await client.list('/integrations', Integration, { name: { eq: owner.provider } });
  return integrations.find((one) => one.name === owner.provider);
}
