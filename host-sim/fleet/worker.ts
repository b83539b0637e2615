import { parentPort, workerData } from 'node:worker_threads';
import { Crew } from './crew.js';
import type { FromCrew, ToCrew } from './crew-messages.js';
import { Leftovers } from './leftovers.js';

const port = parentPort!;
const tell = (message: FromCrew): void => port.postMessage(message);

// First of all: that it listens is nothing that boards leave.
port.on('message', async (message: ToCrew) => {
  if (message.type === 'cut') {
    crew.cut(message.index, message.how);
    return;
  }
  await crew.stop(message.withinMs);
  tell({ type: 'stopped', left: await leftovers.find(message.withinMs) });
});
const leftovers = new Leftovers();
const crew = new Crew(workerData, {
  onOnline: (index, deviceId) => tell({ type: 'online', index, deviceId }),
  onOffline: (index) => tell({ type: 'offline', index }),
  onTrouble: (index, why) => tell({ type: 'trouble', index, why }),
});
