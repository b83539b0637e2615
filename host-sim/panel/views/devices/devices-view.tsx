import type { JSX } from 'preact';
import { DeviceList } from './device-list.js';
import { ProjectList } from './project-list.js';
import { ProjectPage } from './project-page.js';

/** The devices that the user may see, and at `projects` the projects they are in. */
export function DevicesView({ rest: [part, id] }: { rest: readonly string[] }): JSX.Element {
  if (part !== 'projects') return <DeviceList />;
  return id === undefined ? <ProjectList /> : <ProjectPage key={id} projectId={id} />;
}
