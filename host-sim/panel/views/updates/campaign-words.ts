import { type WordTable, wordsOf } from '../../i18n/language.js';

interface CampaignWords {
  readonly campaigns: string;
  readonly campaign: string;
  readonly noCampaign: string;
  readonly begin: string;
  readonly brings: string;
  readonly status: string;
  readonly reason: string;
  readonly progress: string;
  readonly began: string;
  readonly ended: string;
  readonly back: string;
  readonly pause: string;
  readonly resume: string;
  readonly abort: string;
  readonly retry: string;
  readonly paused: string;
  readonly resumed: string;
  readonly aborted: string;
  readonly retried: string;
  readonly abortTitle: string;
  readonly abortText: string;
  readonly stages: string;
  readonly stageOf: (stage: number, stages: number, percent: number) => string;
  readonly allAtOnce: string;
  readonly nextStage: (time: string) => string;
  readonly limits: string;
  readonly limitsText: (abortPercent: number, silentMinutes: number) => string;
  readonly boards: string;
  readonly filter: string;
  readonly allBoards: (count: number) => string;
  readonly noBoards: string;
  readonly board: string;
  readonly state: string;
  readonly detail: string;
  readonly runs: string;
  readonly changed: string;
  readonly history: string;
  readonly historyOf: (board: string) => string;
  readonly progressOf: (board: string) => string;
  readonly noHistory: string;
  readonly versions: string;
  readonly toBoard: string;
}

const WORDS: WordTable<CampaignWords> = {
  en: {
    campaigns: 'Campaigns',
    campaign: 'Campaign',
    noCampaign: 'No campaign yet. One brings a package to boards, all at once or in stages.',
    begin: 'Begin a campaign',
    brings: 'Brings',
    status: 'Status',
    reason: 'Why',
    progress: 'Boards',
    began: 'Began',
    ended: 'Ended',
    back: 'All updates',
    pause: 'Pause',
    resume: 'Resume',
    abort: 'Abort',
    retry: 'Retry the failed',
    paused: 'Paused: no further boards are told.',
    resumed: 'It goes on.',
    aborted: 'Aborted.',
    retried: 'The boards that failed are told again.',
    abortTitle: 'Abort this campaign?',
    abortText:
      'No board is told any more, and downloads under way end. A board that has all of the file may still update. Retry takes it up again.',
    stages: 'Stages',
    stageOf: (stage, stages, percent) => `${stage} of ${stages}: ${percent} % of the boards`,
    allAtOnce: 'All boards at once',
    nextStage: (time) => `The next one not before ${time}.`,
    limits: 'Limits',
    limitsText: (abortPercent, silentMinutes) =>
      `Ends itself when ${abortPercent} % fail. A board that is silent for ${silentMinutes} minutes has failed.`,
    boards: 'Boards',
    filter: 'Show boards by state',
    allBoards: (count) => `All ${count}`,
    noBoards: 'No board is in this state.',
    board: 'Board',
    state: 'State',
    detail: 'Detail',
    runs: 'Runs',
    changed: 'Changed',
    history: 'Updates',
    historyOf: (board) => `Updates of ${board}`,
    progressOf: (board) => `Progress of ${board}`,
    noHistory: 'No campaign had this board yet.',
    versions: 'Versions',
    toBoard: 'The board',
  },
  zh: {
    campaigns: '升级任务',
    campaign: '升级任务',
    noCampaign: '还没有升级任务。升级任务把固件包送到设备板，可一次全部或分阶段。',
    begin: '新建升级任务',
    brings: '固件',
    status: '状态',
    reason: '原因',
    progress: '设备板',
    began: '开始时间',
    ended: '结束时间',
    back: '全部更新',
    pause: '暂停',
    resume: '继续',
    abort: '中止',
    retry: '重试失败的设备板',
    paused: '已暂停：不再通知更多设备板。',
    resumed: '已继续。',
    aborted: '已中止。',
    retried: '将重新通知失败的设备板。',
    abortTitle: '中止这个升级任务？',
    abortText: '不再通知任何设备板，正在进行的下载会结束。已取得完整文件的设备板仍可能更新。之后可用“重试”恢复。',
    stages: '阶段',
    stageOf: (stage, stages, percent) => `第 ${stage} / ${stages} 阶段：${percent}% 的设备板`,
    allAtOnce: '一次全部',
    nextStage: (time) => `下一阶段不早于 ${time}。`,
    limits: '限制',
    limitsText: (abortPercent, silentMinutes) =>
      `失败率达到 ${abortPercent}% 时自动中止；设备板 ${silentMinutes} 分钟无消息视为失败。`,
    boards: '设备板',
    filter: '按状态筛选设备板',
    allBoards: (count) => `全部 ${count}`,
    noBoards: '没有处于此状态的设备板。',
    board: '设备板',
    state: '状态',
    detail: '说明',
    runs: '当前版本',
    changed: '变化时间',
    history: '更新记录',
    historyOf: (board) => `${board} 的更新记录`,
    progressOf: (board) => `${board} 的进度`,
    noHistory: '这块设备板还没有参加过升级任务。',
    versions: '版本',
    toBoard: '查看设备板',
  },
};

export function campaignWords(): CampaignWords {
  return wordsOf(WORDS);
}
