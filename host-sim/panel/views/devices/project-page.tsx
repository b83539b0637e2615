import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import { dayTime } from '../../i18n/time.js';
import { explained } from '../../net/explained.js';
import type { Project } from '../../state/project.js';
import { go, href } from '../../state/router.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { confirmed } from '../../ui/confirm.js';
import { Facts } from '../../ui/facts.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { attempt } from '../../ui/toasts.js';
import { BindTokenSection } from './bind-token.js';
import { MemberSection } from './members.js';
import { ProjectForm } from './project-form.js';
import { projectWords } from './project-words.js';

/** One project: what it is called, who shares it, and how boards get into it. */
export function ProjectPage({ projectId }: { projectId: string }): JSX.Element {
  const { api } = useWorld();
  const words = projectWords();
  const path = `/projects/${encodeURIComponent(projectId)}`;
  const [isEdited, setEdited] = useState(false);
  const { data: project, error, reload } = useLoaded((signal) => api.get<Project>(path, {}, signal), [path]);
  const name = plain(project?.projectName ?? '');

  const end = async (): Promise<void> => {
    const question = { title: words.deleteTitle(name), text: words.deleteText, deed: common().delete };
    if (!(await confirmed(question))) return;
    const isDone = await attempt(
      () => explained(api.delete(path), { project_in_use: words.inUse }),
      words.deleted(name),
    );
    if (isDone) go('devices', 'projects');
  };
  return (
    <Page
      title={project ? name : words.title}
      aside={
        project?.role === 'owner' && (
          <div class="row">
            <button type="button" class="button" onClick={() => setEdited(true)}>
              {words.edit}
            </button>
            <button type="button" class="button danger" onClick={() => void end()}>
              {common().delete}…
            </button>
          </div>
        )
      }
    >
      <p>
        <a href={href('devices', 'projects')}>{words.back}</a>
      </p>
      <Problem error={error} onRetry={() => void reload()} />
      {project && (
        <>
          <Facts
            facts={[
              [words.description, plain(project.description)],
              [words.role, words.roles[project.role]],
              [words.devices, project.deviceCount],
              [words.created, dayTime(project.createdAt)],
            ]}
          />
          <MemberSection path={path} isOwner={project.role === 'owner'} />
          <BindTokenSection path={path} />
        </>
      )}
      {isEdited && project && (
        <ProjectForm project={project} onDone={() => void reload()} onClose={() => setEdited(false)} />
      )}
    </Page>
  );
}
