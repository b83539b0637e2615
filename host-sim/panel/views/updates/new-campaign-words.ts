import { type WordTable, wordsOf } from '../../i18n/language.js';
import type { Fault, Reach, WhyNot } from './campaign-form.js';

interface NewCampaignWords {
  readonly title: string;
  readonly package: string;
  readonly choosePackage: string;
  readonly noPackage: string;
  readonly name: string;
  readonly nameHint: string;
  readonly reach: string;
  readonly reaches: Readonly<Record<Reach, string>>;
  readonly reachHint: (name: string) => string;
  readonly percent: string;
  readonly percentHint: string;
  readonly project: string;
  readonly chooseProject: string;
  readonly projectEmpty: string;
  readonly tooMany: (most: number) => string;
  readonly devices: string;
  readonly device: string;
  readonly runs: string;
  readonly find: string;
  readonly noDevice: string;
  readonly chosen: (count: number) => string;
  readonly chooseTitle: string;
  readonly choose: (board: string) => string;
  readonly whyNot: Readonly<Record<WhyNot, string>>;
  readonly stages: string;
  readonly stagesHint: string;
  readonly stageHours: string;
  readonly stageHoursHint: string;
  readonly abortPercent: string;
  readonly abortPercentHint: string;
  readonly silentMinutes: string;
  readonly silentMinutesHint: string;
  readonly begin: string;
  readonly begun: string;
  readonly faults: Readonly<Record<Fault, (min: number, max: number) => string>>;
}

const WORDS: WordTable<NewCampaignWords> = {
  en: {
    title: 'Begin a campaign',
    package: 'Package',
    choosePackage: 'Choose a package',
    noPackage: 'There is no package yet: upload one first.',
    name: 'Name',
    nameHint: 'For people; may be left empty.',
    reach: 'Which boards',
    reaches: {
      all: 'All of the product',
      percent: 'A share of them, by chance',
      project: 'All of a project',
      chosen: 'Chosen ones',
    },
    reachHint: (name) => `Of those, boards with a version below ${name} that you may control.`,
    percent: 'Share of the boards, %',
    percentHint:
      '1 to 100. It is the same boards for each campaign of a package: a larger share holds the smaller one.',
    project: 'Project',
    chooseProject: 'Choose a project',
    projectEmpty: 'This project has no board that the package would update.',
    tooMany: (most) => `These are more than ${most} boards: take a share of the product, or choose some.`,
    devices: 'Boards',
    device: 'Board',
    runs: 'Runs',
    find: 'Find by name, serial number or id',
    noDevice: 'No board of this product is called that.',
    chosen: (count) => (count === 1 ? '1 board chosen' : `${count} boards chosen`),
    chooseTitle: 'Choose',
    choose: (board) => `Choose ${board}`,
    whyNot: {
      inactive: 'was never activated',
      disabled: 'is disabled',
      otherChip: 'has another chip',
      notOlder: 'runs this version or a higher one',
    },
    stages: 'Stages, % of the boards',
    stagesHint: 'Percents that rise to 100, up to 20 of them: 10, 50, 100 updates one board in ten first.',
    stageHours: 'Hours before the next stage',
    stageHoursHint: '0 to 8760. With 0 a stage is over as soon as its boards are through.',
    abortPercent: 'Ends itself at, % failures',
    abortPercentHint: '1 to 100, of the boards that have ended, once 5 of them, or all, have.',
    silentMinutes: 'Silence that is a failure, minutes',
    silentMinutesHint: '1 to 10080, after a board was told.',
    begin: 'Begin',
    begun: 'The campaign has begun.',
    faults: {
      number: (min, max) => `A number from ${min} to ${max}.`,
      stages: () => 'Percents that rise and end with 100: 10, 50, 100.',
      chosen: () => 'Choose at least one board.',
      missing: () => 'Choose one.',
    },
  },
  zh: {
    title: '新建升级任务',
    package: '固件包',
    choosePackage: '选择固件包',
    noPackage: '还没有固件包，请先上传。',
    name: '名称',
    nameHint: '供人阅读，可留空。',
    reach: '哪些设备板',
    reaches: { all: '该产品的全部', percent: '随机的一部分', project: '某个项目的全部', chosen: '逐个选择' },
    reachHint: (name) => `其中版本低于 ${name} 且您可控制的设备板。`,
    percent: '设备板比例（%）',
    percentHint: '1 到 100。同一固件包的每个任务选出相同的设备板：较大的比例包含较小的。',
    project: '项目',
    chooseProject: '选择项目',
    projectEmpty: '这个项目中没有可由该固件包更新的设备板。',
    tooMany: (most) => `设备板超过 ${most} 块：请按比例选择，或逐个选择。`,
    devices: '设备板',
    device: '设备板',
    runs: '当前版本',
    find: '按名称、序列号或 ID 查找',
    noDevice: '该产品没有这样的设备板。',
    chosen: (count) => `已选择 ${count} 块设备板`,
    chooseTitle: '选择',
    choose: (board) => `选择 ${board}`,
    whyNot: {
      inactive: '从未激活',
      disabled: '已禁用',
      otherChip: '芯片不同',
      notOlder: '已运行此版本或更高版本',
    },
    stages: '阶段（设备板的 %）',
    stagesHint: '递增到 100 的百分比，最多 20 个：10, 50, 100 表示先更新十分之一。',
    stageHours: '到下一阶段的小时数',
    stageHoursHint: '0 到 8760。为 0 时，本阶段的设备板完成后立即进入下一阶段。',
    abortPercent: '自动中止的失败率（%）',
    abortPercentHint: '1 到 100；在 5 块或全部设备板有结果之后开始计算。',
    silentMinutes: '视为失败的静默时间（分钟）',
    silentMinutesHint: '1 到 10080，从通知设备板算起。',
    begin: '开始',
    begun: '升级任务已开始。',
    faults: {
      number: (min, max) => `请输入 ${min} 到 ${max} 的数字。`,
      stages: () => '递增并以 100 结束的百分比：10, 50, 100。',
      chosen: () => '请至少选择一块设备板。',
      missing: () => '请选择。',
    },
  },
};

export function newCampaignWords(): NewCampaignWords {
  return wordsOf(WORDS);
}
