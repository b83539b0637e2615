// Sets a board up, or tells how that went. The phone may lose the board at any moment: the page keeps asking.

import { ask, askState, pause } from './api.js';
import { chosen, drawNetworks, prefer, search } from './networks.js';
import { WORDS } from './words.js';

const POLL_MS = 2000;
/** The board goes on by itself, and may succeed yet. */
const SLOW_POLL_MS = 5000;
/** So long the board keeps the result. */
const KEPT_MS = 600000;
const FIELDS = ['ssid', 'password', 'environment', 'apiUrl', 'bindToken'];

const byId = (id) => document.getElementById(id);
/** What is said already is not said again: a screen reader would read it again. */
const say = (id, text = '') => {
  if (byId(id).textContent !== text) byId(id).textContent = text;
};

// The page comes in English.
for (const element of document.querySelectorAll('[data-word]')) WORDS.en[element.dataset.word] = element.textContent;

let words = navigator.language.toLowerCase().startsWith('zh') ? WORDS.zh : WORDS.en;
/** The board's last answer. */
let board;
/** Somebody wants the form although the board is set up. */
let isAgain = false;
/** What the state was when a request went out of which nothing has been heard; otherwise `undefined`. */
let unsureSince;
/** When the board was last heard, and whether it is lost since. */
let heardMs = Date.now();
let isLost = false;
let isWatching = false;
/** What the headline is about. */
let drawnEvent;
/** The board has been erased. */
let isOver = false;

function draw() {
  document.documentElement.lang = words.tag;
  document.title = words.title;
  for (const element of document.querySelectorAll('[data-word]')) element.textContent = words[element.dataset.word];
  const next = words === WORDS.en ? WORDS.zh : WORDS.en;
  byId('language').textContent = next === WORDS.zh ? '中文' : 'English';
  byId('language').lang = next.tag;
  byId('progress').setAttribute('aria-label', words.busy);
  drawNetworks(words);
  drawLink();
  if (board) drawBoard();
  else say('headline', words.seeking);
}

function drawLink() {
  const ssid = board?.accessPoint ?? 'SmartLink-…';
  say('lost', !isLost ? '' : Date.now() - heardMs > KEPT_MS ? words.gone(ssid) : words.lost(ssid));
  if (isLost) byId('status').hidden = false;
}

function drawBoard() {
  const { identity, provisioned, state } = board;
  const isBusy = state.stage === 'joining' || state.stage === 'activating';
  const isForm = !isOver && (isAgain || !(isBusy || state.stage === 'done'));
  const about = words.board(identity.name[words === WORDS.zh ? 'zh' : 'en'], identity.serial, identity.firmwareVersion);
  say('board', provisioned && isForm ? `${about} ${words.provisioned}` : about);
  drawEnvironments(identity);
  const [headline, advice, detail] = sayState(state);
  const hadForm = !byId('form').hidden;
  const event = `${state.stage} ${state.reason}`;
  const isNews = event !== drawnEvent;
  drawnEvent = event;
  byId('status').hidden = isOver || isAgain || (state.stage === 'idle' && !isLost);
  byId('form').hidden = !isForm;
  byId('care').hidden = isBusy;
  byId('progress').hidden = !isBusy;
  byId('again').hidden = state.stage !== 'done';
  say('headline', headline);
  say('advice', advice);
  say('detail', detail);
  if (isForm && !hadForm) searchAgain();
  if (!isNews || byId('status').hidden) return;
  // What had the focus is gone, or there is a result to be heard: it is read where it stands. Progress is told in passing.
  if (hadForm !== isForm || !isBusy) byId('headline').focus();
  else say('announcer', headline);
}

function drawEnvironments({ environment, environments, apiUrl }) {
  const select = byId('environment');
  byId('environment-field').hidden = environments.length < 2;
  if ([...select.options].map(({ value }) => value).join() !== environments.join()) {
    select.replaceChildren(...environments.map((name) => new Option('', name, false, name === environment)));
  }
  for (const option of select.options) option.text = words.environments[option.value];
  say('apiUrl-hint', select.value === environment ? words.apiUrlHint(apiUrl) : words.apiUrlOther);
}

const searchAgain = () => search(() => drawNetworks(words));

/** Headline, what to do, and what else is known. */
function sayState(state) {
  switch (state.stage) {
    case 'joining':
      return [words.joining(state.ssid), words.joiningHint];
    case 'activating':
      return [words.activating(state.ssid), words.activatingHint];
    case 'done':
      return [words.done, words.doneHint, words.doneDetail(state.ssid, state.address, state.deviceId)];
    case 'failed':
      return [...words.failed[state.reason](state.ssid), state.detail];
    default:
      return [words.seeking];
  }
}

/** Asks the board for its state, once. */
async function look() {
  try {
    board = await askState();
    heardMs = Date.now();
    isLost = false;
    if (unsureSince === JSON.stringify(board.state)) say('form-error', words.notArrived);
    else if (unsureSince !== undefined) isAgain = false;
    unsureSince = undefined;
    if (board.state.stage === 'failed') prefer(board.state.ssid);
    drawBoard();
    drawLink();
  } catch {
    // One answer may always be missing.
    isLost = Date.now() - heardMs > 2 * POLL_MS;
    drawLink();
  }
}

/** Asks until nothing is to be expected any more. */
async function watch() {
  if (isWatching) return;
  isWatching = true;
  while (!isOver) {
    await look();
    const state = board?.state;
    if (state && unsureSince === undefined && !isLost) {
      if (state.stage === 'idle' || state.stage === 'done') break;
      if (state.stage === 'failed' && !state.reason.startsWith('cloud')) break;
    }
    await pause(state?.stage === 'failed' ? SLOW_POLL_MS : POLL_MS);
  }
  isWatching = false;
}

function complain(field, code) {
  const text = words.problems[field]?.[code] ?? words.errors.unexpected;
  say(`${field}-error`, text);
  const input = byId(field);
  input.setAttribute('aria-invalid', 'true');
  if (byId('more').contains(input)) byId('more').open = true;
  (input.offsetParent ? input : (byId('networks').querySelector('input') ?? byId('other'))).focus();
}

async function send() {
  for (const field of FIELDS) {
    say(`${field}-error`);
    byId(field).removeAttribute('aria-invalid');
  }
  say('form-error');
  const { ssid, secured } = chosen();
  const password = secured === false ? '' : byId('password').value;
  if (ssid === '') return complain('ssid', 'missing');
  if (secured && password === '') return complain('password', 'missing');
  byId('send').disabled = true;
  try {
    const request = { ssid, password, apiUrl: byId('apiUrl').value, bindToken: byId('bindToken').value };
    // Named, it would do away with an address that somebody has given before.
    if (byId('environment').value !== board.identity.environment) request.environment = byId('environment').value;
    const { status, data } = await ask('setup', request);
    if (status === 400 && data.field) complain(data.field, data.code);
    else if (status !== 202) say('form-error', words.errors[data.code] ?? words.errors.unexpected);
    else {
      isAgain = false;
      watch();
    }
  } catch {
    // It may have arrived all the same.
    unsureSince = JSON.stringify(board.state);
    watch();
  }
  byId('send').disabled = false;
}

/** Has the board do something beside; says how that went. */
async function care(path, done) {
  say('care-result');
  try {
    const { status, data } = await ask(path, {});
    say('care-result', status === 202 ? words[done] : (words.errors[data.code] ?? words.errors.unexpected));
    return status === 202;
  } catch {
    say('care-result', words.errors.unreachable);
    return false;
  }
}

function showConfirm(isShown) {
  byId('confirm').hidden = !isShown;
  byId('reset').hidden = isShown;
  byId(isShown ? 'confirm-text' : 'reset').focus();
}

const onClick = (id, action) => byId(id).addEventListener('click', action);

onClick('language', () => {
  words = words === WORDS.en ? WORDS.zh : WORDS.en;
  draw();
});
onClick('refresh', searchAgain);
byId('environment').addEventListener('change', () => drawEnvironments(board.identity));
onClick('show', () => {
  const isShown = byId('password').type === 'text';
  byId('password').type = isShown ? 'password' : 'text';
  byId('show').setAttribute('aria-pressed', String(!isShown));
});
onClick('again', () => {
  isAgain = true;
  draw();
  byId('refresh').focus();
});
onClick('identify', () => care('identify', 'identified'));
onClick('reset', () => showConfirm(true));
onClick('reset-no', () => showConfirm(false));
onClick('reset-yes', async () => {
  if (!(await care('reset', 'resetDone'))) return;
  isOver = true;
  byId('confirm').hidden = true;
  byId('identify').disabled = true;
  drawBoard();
});
byId('form').addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});

byId('app').hidden = false;
draw();
watch();
