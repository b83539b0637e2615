import type { JSX } from 'preact';
import { plain } from '../../i18n/plain.js';
import type { Api } from '../../net/api.js';
import type { Project } from '../../state/project.js';
import { Choice, Field } from '../../ui/field.js';
import { deviceWords } from './words.js';

/** A project that there is, or the name of one that is to be made. */
export interface ProjectWish {
  readonly projectId: string;
  /** Counts where `projectId` is empty. */
  readonly newName: string;
}

/** A choice of project, the last one being a new one. */
export function ProjectChoice(props: {
  projects: readonly Project[];
  wish: ProjectWish;
  onWish: (wish: ProjectWish) => void;
  faultOf: (field: string) => string | undefined;
}): JSX.Element {
  const { projects, wish, onWish, faultOf } = props;
  const words = deviceWords();
  const known = projects.map(({ projectId, projectName }) => ({ value: projectId, text: plain(projectName) }));
  // One that is not in the list (it is long, or not loaded yet) is still where the device is.
  const isListed = wish.projectId === '' || projects.some(({ projectId }) => projectId === wish.projectId);
  return (
    <>
      <Choice
        label={words.project}
        value={wish.projectId}
        options={[
          ...(isListed ? [] : [{ value: wish.projectId, text: wish.projectId }]),
          ...known,
          { value: '', text: words.newProject },
        ]}
        onChange={(projectId) => onWish({ ...wish, projectId })}
        fault={faultOf('projectId')}
      />
      {wish.projectId === '' && (
        <Field
          label={words.newProjectName}
          value={wish.newName}
          onInput={(newName) => onWish({ ...wish, newName })}
          maxLength={128}
          required
          fault={faultOf('projectName')}
        />
      )}
    </>
  );
}

/** The id of the wanted project, which is made where it is a new one. @throws ApiError */
export async function projectOf(api: Api, { projectId, newName }: ProjectWish): Promise<string> {
  if (projectId !== '') return projectId;
  return (await api.post<Project>('/projects', { projectName: newName })).projectId;
}
