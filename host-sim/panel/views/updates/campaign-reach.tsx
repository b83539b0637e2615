import type { JSX } from 'preact';
import { plain } from '../../i18n/plain.js';
import { allPages } from '../../net/all-pages.js';
import type { Page } from '../../net/api.js';
import type { Project } from '../../state/project.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Choice } from '../../ui/field.js';
import { Problem } from '../../ui/problem.js';
import { BoardChoice } from './board-choice.js';
import { REACHES, type Reach } from './campaign-form.js';
import type { FirmwarePackage } from './messages.js';
import { newCampaignWords } from './new-campaign-words.js';
import { type DraftPart, NumberOf } from './number-of.js';

/** Which boards a new campaign is over. @param target its package; undefined: none is chosen yet */
export function CampaignReach(props: DraftPart & { target: FirmwarePackage | undefined }): JSX.Element {
  const { draft, target, faults, onChange } = props;
  const words = newCampaignWords();
  return (
    <>
      <Choice
        label={words.reach}
        value={draft.reach}
        options={REACHES.map((value) => ({ value, text: words.reaches[value] }))}
        onChange={(reach) => onChange({ reach: reach as Reach })}
        hint={target && words.reachHint(target.version)}
      />
      {draft.reach === 'percent' && <NumberOf {...props} field="percent" />}
      {draft.reach === 'project' && <ProjectChoice {...props} />}
      {draft.reach === 'chosen' && target && (
        <BoardChoice
          key={target.packageId}
          target={target}
          chosen={draft.deviceIds}
          onChosen={(deviceIds) => onChange({ deviceIds })}
          fault={faults.deviceIds && words.faults.chosen(0, 0)}
        />
      )}
    </>
  );
}

function ProjectChoice({ draft, faults, onChange }: DraftPart): JSX.Element {
  const { api } = useWorld();
  const words = newCampaignWords();
  const { data, error, reload } = useLoaded(
    (signal) => allPages((page) => api.get<Page<Project>>('/projects', { page, size: 100 }, signal)),
    [],
  );
  return (
    <>
      <Problem error={error} onRetry={reload} />
      <Choice
        label={words.project}
        value={draft.projectId}
        options={[
          { value: '', text: words.chooseProject },
          ...(data ?? []).map(({ projectId, projectName }) => ({ value: projectId, text: plain(projectName) })),
        ]}
        onChange={(projectId) => onChange({ projectId })}
        fault={faults.projectId && words.faults.missing(0, 0)}
      />
    </>
  );
}
