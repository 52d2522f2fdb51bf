import { main } from '../commands/main.ts';
import { run } from '../hosts/host.ts';

// azure-pipelines-task-lib moves the inputs out of process.env when it is loaded: keep them first.
const environment = { ...process.env };
void import('../hosts/azure.ts').then(({ azureHost }) => run(azureHost(environment), main));
