import { changeBoard, changeInput } from './changes.js';
import { type Endpoint, endpoint } from './endpoint.js';
import { SIM_PATH, type SimAnswers, type SimBoardChange, type SimOverview } from './messages.js';
import { describeApi } from './openapi.js';
import {
  BOARD_CHANGE,
  BOARD_NAME,
  INPUT_CHANGES,
  INPUT_NAME,
  RECORDING_QUERY,
  STREAM_QUERY,
  WIRE_QUERY,
} from './requests.js';
import { BOARD, BOARDS, OVERVIEW, STREAM_LINE, WIRE_PAGE } from './schemas.js';
import type { WireQuery } from './wire-ring.js';

type OfBoard = { readonly serial: string };

/** All that is served; routes, checks and the document are made of it. */
export const ENDPOINTS: readonly Endpoint[] = [
  endpoint(
    {
      method: 'GET',
      path: SIM_PATH,
      id: 'getWorld',
      summary: 'What there is',
      errors: [],
      answer: { schema: OVERVIEW },
    },
    ({ boards, ring }): SimOverview => ({
      boards: boards.all.length,
      newest: ring.newest,
      paths: ENDPOINTS.map(({ method, path }) => `${method} ${path}`),
    }),
  ),
  endpoint(
    {
      method: 'GET',
      path: `${SIM_PATH}/boards`,
      id: 'listBoards',
      summary: 'All boards as they are now',
      errors: [],
      answer: { schema: BOARDS },
    },
    ({ boards }): SimAnswers['GET /sim/v1/boards'] => boards.all.map((board) => boards.view(board)),
  ),
  endpoint<OfBoard>(
    {
      method: 'GET',
      path: `${SIM_PATH}/boards/:serial`,
      id: 'getBoard',
      summary: 'One board as it is now',
      params: BOARD_NAME,
      errors: ['device_not_found'],
      answer: { schema: BOARD },
    },
    ({ boards }, { params }): SimAnswers['GET /sim/v1/boards/:serial'] => boards.view(boards.find(params.serial)),
  ),
  endpoint<OfBoard, unknown, SimBoardChange>(
    {
      method: 'PATCH',
      path: `${SIM_PATH}/boards/:serial`,
      id: 'changeBoard',
      summary: 'Its power, and what its packets meet',
      params: BOARD_NAME,
      body: { schema: BOARD_CHANGE, checked: false },
      errors: ['device_not_found'],
      answer: { schema: BOARD },
    },
    ({ boards }, { params, body }): SimAnswers['PATCH /sim/v1/boards/:serial'] => {
      const board = boards.find(params.serial);
      changeBoard(board, body);
      return boards.view(board);
    },
  ),
  endpoint<OfBoard & { readonly input: number }>(
    {
      method: 'PUT',
      path: `${SIM_PATH}/boards/:serial/inputs/:input`,
      id: 'changeInput',
      summary: 'A finger on its button, a hand on its sensor',
      params: INPUT_NAME,
      body: { schema: { oneOf: Object.values(INPUT_CHANGES) }, checked: true },
      errors: ['device_not_found'],
      answer: { schema: BOARD },
    },
    ({ boards }, { params, body }): SimAnswers['PUT /sim/v1/boards/:serial/inputs/:input'] => {
      const board = boards.find(params.serial);
      changeInput(board, params.input, body);
      return boards.view(board);
    },
  ),
  endpoint<unknown, { readonly wire?: '0' | '1' }>(
    {
      method: 'GET',
      path: `${SIM_PATH}/stream`,
      id: 'stream',
      summary: 'What changes, as it changes: a JSON object a line',
      query: STREAM_QUERY,
      errors: ['too_many_requests'],
      answer: { schema: STREAM_LINE, type: 'application/x-ndjson' },
    },
    ({ streams, mayStay }, { query, raw, response }): void => {
      streams.open(response, { wire: query.wire === '1', mayStay: () => mayStay(raw) });
    },
  ),
  endpoint<unknown, WireQuery>(
    {
      method: 'GET',
      path: `${SIM_PATH}/wire`,
      id: 'listWire',
      summary: 'What went over the wire, oldest first',
      query: WIRE_QUERY,
      errors: ['device_not_found'],
      answer: { schema: WIRE_PAGE },
    },
    ({ boards, ring }, { query }): SimAnswers['GET /sim/v1/wire'] => {
      if (query.serial !== undefined) boards.find(query.serial);
      return { entries: ring.read(query), newest: ring.newest };
    },
  ),
  endpoint<unknown, { readonly serial?: string }>(
    {
      method: 'GET',
      path: `${SIM_PATH}/recording`,
      id: 'getRecording',
      summary: 'What has happened so far, as `smartlink world --replay` takes it',
      query: RECORDING_QUERY,
      errors: ['device_not_found'],
      answer: { schema: { type: 'object' }, type: 'application/json' },
    },
    ({ boards, recording }, { query }) =>
      query.serial === undefined ? recording() : recording([boards.find(query.serial).port.serial]),
  ),
  endpoint(
    {
      method: 'GET',
      path: `${SIM_PATH}/openapi.json`,
      id: 'getOpenApi',
      summary: 'This description',
      errors: [],
      answer: { schema: { type: 'object' }, type: 'application/json' },
    },
    () => describeApi(ENDPOINTS),
  ),
];
