import { NodeTime } from './node-time.js';

// First of all, before anything that keeps time is loaded: from here on there is no time in this process but a world's.
const nodeTime = new NodeTime();
const cpuUsage = process.cpuUsage.bind(process);
nodeTime.install();
const { serve } = await import('./serve.js');
serve(nodeTime, cpuUsage);
