import { main } from '../commands/main.ts';
import { gitHubHost } from '../hosts/github.ts';
import { run } from '../hosts/host.ts';

void run(gitHubHost(process.env), main);
