import { main } from '../commands/main.ts';
import { azureHost, graceOf } from '../hosts/azure.ts';
import { run } from '../hosts/host.ts';

void run(azureHost(process.env), main, graceOf(process.env));
