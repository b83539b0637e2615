import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { allPages } from '../../net/all-pages.js';
import type { Api, Page as ListPage } from '../../net/api.js';
import type { Device } from '../../state/device.js';
import { go, href } from '../../state/router.js';
import { useDeed } from '../../state/use-deed.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { Choice, Field } from '../../ui/field.js';
import { Page } from '../../ui/page.js';
import { Problem } from '../../ui/problem.js';
import { say } from '../../ui/toasts.js';
import {
  type CampaignDraft,
  campaignOptions,
  draftFaults,
  MOST_CHOSEN,
  NEW_CAMPAIGN,
  whyNot,
} from './campaign-form.js';
import { CampaignReach } from './campaign-reach.js';
import { campaignWords } from './campaign-words.js';
import type { Campaign, FirmwarePackage } from './messages.js';
import { nameOf } from './names.js';
import { newCampaignWords } from './new-campaign-words.js';
import { NumberOf } from './number-of.js';

const SIZE = 100;

/** Where a campaign is begun. @param packageId chosen from the start; empty: none is */
export function NewCampaign({ packageId }: { packageId: string }): JSX.Element {
  const { api } = useWorld();
  const words = newCampaignWords();
  const [draft, setDraft] = useState<CampaignDraft>({ ...NEW_CAMPAIGN, packageId });
  const [tries, setTries] = useState(0);
  const { isBusy, error, run } = useDeed();
  const form = useRef<HTMLFormElement>(null);
  const packages = useLoaded(
    (signal) => allPages((page) => api.get<ListPage<FirmwarePackage>>('/ota/packages', { page, size: SIZE }, signal)),
    [],
  );
  const target = packages.data?.find((one) => one.packageId === draft.packageId);
  const faults = tries > 0 ? draftFaults(draft) : {};
  const change = (part: Partial<CampaignDraft>): void => setDraft((before) => ({ ...before, ...part }));
  useEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);

  const submit = async (): Promise<void> => {
    setTries((before) => before + 1);
    if (Object.keys(draftFaults(draft)).length > 0 || target === undefined) return;
    await run(async () => {
      const boards = await boardsOf(api, draft, target);
      const { campaignId } = await api.post<Campaign>('/ota/campaigns', { ...campaignOptions(draft), ...boards });
      say(words.begun);
      go('updates', 'campaigns', campaignId);
    });
  };

  return (
    <Page title={words.title} aside={<a href={href('updates')}>{campaignWords().back}</a>}>
      <Problem error={packages.error} onRetry={packages.reload} />
      <form
        ref={form}
        class="card stack campaign-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Choice
          label={words.package}
          value={target ? draft.packageId : ''}
          options={[
            { value: '', text: words.choosePackage },
            ...(packages.data ?? []).map((one) => ({
              value: one.packageId,
              text: `${nameOf(one)} (${one.chipModel})`,
            })),
          ]}
          onChange={(chosen) => change({ packageId: chosen, deviceIds: [] })}
          fault={faults.packageId && words.faults.missing(0, 0)}
          hint={packages.data?.length === 0 ? words.noPackage : undefined}
        />
        <Field
          label={words.name}
          value={draft.name}
          onInput={(name) => change({ name })}
          maxLength={128}
          autocomplete="off"
          hint={words.nameHint}
        />
        <CampaignReach draft={draft} target={target} faults={faults} onChange={change} />
        <Field
          label={words.stages}
          value={draft.stages}
          onInput={(stages) => change({ stages })}
          autocomplete="off"
          hint={words.stagesHint}
          fault={faults.stages && words.faults.stages(0, 0)}
        />
        <NumberOf field="stageHours" draft={draft} faults={faults} onChange={change} />
        <NumberOf field="abortPercent" draft={draft} faults={faults} onChange={change} />
        <NumberOf field="silentMinutes" draft={draft} faults={faults} onChange={change} />
        <Problem error={error} />
        <div class="row">
          <button type="submit" class="button primary" disabled={isBusy}>
            {words.begin}
          </button>
        </div>
      </form>
    </Page>
  );
}

/** The boards, in the words of the API. @throws ApiError; an Error where a project has none, or more than can be named */
async function boardsOf(api: Api, draft: CampaignDraft, target: FirmwarePackage): Promise<object> {
  const words = newCampaignWords();
  if (draft.reach === 'all') return {};
  if (draft.reach === 'percent') return { percent: Number(draft.percent) };
  if (draft.reach === 'chosen') return { deviceIds: draft.deviceIds };
  const { projectId } = draft;
  const { productKey } = target;
  const deviceIds: string[] = [];
  for (let page = 1; ; page++) {
    const query = { projectId, productKey, page, size: SIZE };
    const { list, total } = await api.get<ListPage<Device>>('/devices', query);
    deviceIds.push(...list.filter((device) => whyNot(device, target) === undefined).map(({ deviceId }) => deviceId));
    if (deviceIds.length > MOST_CHOSEN) throw new Error(words.tooMany(MOST_CHOSEN));
    if (list.length === 0 || page * SIZE >= total) break;
  }
  if (deviceIds.length === 0) throw new Error(words.projectEmpty);
  return { deviceIds };
}
