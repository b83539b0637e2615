import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import type { Project } from '../../state/project.js';
import { useWorld } from '../../state/use-world.js';
import { Field, TextArea } from '../../ui/field.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { say } from '../../ui/toasts.js';
import { projectWords } from './project-words.js';

/** Makes a project, or changes one. @param project absent: a new one */
export function ProjectForm(props: { project?: Project; onDone: () => void; onClose: () => void }): JSX.Element {
  const { project, onDone, onClose } = props;
  const { api } = useWorld();
  const words = projectWords();
  const [projectName, setName] = useState(project?.projectName ?? '');
  const [description, setDescription] = useState(project?.description ?? '');
  const save = async (): Promise<void> => {
    const body = { projectName, description };
    const saved = await (project
      ? api.put<Project>(`/projects/${encodeURIComponent(project.projectId)}`, body)
      : api.post<Project>('/projects', body));
    say(words.saved(plain(saved.projectName)));
    onDone();
  };
  return (
    <FormDialog
      title={project ? plain(project.projectName) : words.create}
      deed={common().save}
      fields={['projectName', 'description']}
      onSubmit={save}
      onClose={onClose}
    >
      {(faultOf) => (
        <>
          <Field
            label={common().name}
            value={projectName}
            onInput={setName}
            maxLength={128}
            required
            fault={faultOf('projectName')}
          />
          <TextArea
            label={words.description}
            value={description}
            onInput={setDescription}
            maxLength={1024}
            rows={3}
            fault={faultOf('description')}
          />
        </>
      )}
    </FormDialog>
  );
}
