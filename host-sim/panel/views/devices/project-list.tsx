import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import { dayTime } from '../../i18n/time.js';
import type { Page as Part } from '../../net/api.js';
import type { Project } from '../../state/project.js';
import { href } from '../../state/router.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Page } from '../../ui/page.js';
import { Pager } from '../../ui/pager.js';
import { Problem } from '../../ui/problem.js';
import { Table } from '../../ui/table.js';
import { ProjectForm } from './project-form.js';
import { projectWords } from './project-words.js';
import { DeviceTabs } from './tabs.js';

const SIZE = 50;

/** The projects that the user owns or shares. */
export function ProjectList(): JSX.Element {
  const { api } = useWorld();
  const words = projectWords();
  const [page, setPage] = useState(1);
  const [isNew, setNew] = useState(false);
  const { data, error, reload } = useLoaded(
    (signal) => api.get<Part<Project>>('/projects', { page, size: SIZE }, signal),
    [page],
  );
  return (
    <Page
      title={words.title}
      aside={
        <button type="button" class="button primary" onClick={() => setNew(true)}>
          {words.create}
        </button>
      }
    >
      <DeviceTabs current="projects" />
      <Problem error={error} onRetry={() => void reload()} />
      {data === undefined ? (
        <p role="status">{common().loading}</p>
      ) : (
        <>
          <Table
            caption={words.title}
            rows={data.list}
            keyOf={({ projectId }) => projectId}
            empty={words.noneYet}
            columns={[
              {
                title: common().name,
                isName: true,
                cell: ({ projectId, projectName }) => (
                  <a href={href('devices', 'projects', projectId)}>{plain(projectName)}</a>
                ),
              },
              { title: words.description, cell: ({ description }) => plain(description) },
              { title: words.role, cell: ({ role }) => words.roles[role] },
              { title: words.devices, cell: ({ deviceCount }) => deviceCount },
              { title: words.created, cell: ({ createdAt }) => dayTime(createdAt) },
            ]}
          />
          <Pager label={words.pages} page={data.page} size={data.size} total={data.total} onPage={setPage} />
        </>
      )}
      {isNew && <ProjectForm onDone={() => void reload()} onClose={() => setNew(false)} />}
    </Page>
  );
}
