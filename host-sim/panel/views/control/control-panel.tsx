import './control.css';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import type { Board } from '../../state/board.js';
import { useLoaded } from '../../state/use-loaded.js';
import { type ProductModel, useProductModel } from '../../state/use-product-model.js';
import { useWorld } from '../../state/use-world.js';
import { Problem } from '../../ui/problem.js';
import { Switch } from '../../ui/switch.js';
import { say } from '../../ui/toasts.js';
import { ActionForms } from './action-forms.js';
import { type CommandForms, commandForms } from './command-forms.js';
import { CommandLog, WAIT_MS } from './command-log.js';
import { CurrentValues } from './current-values.js';
import { PropertyForms } from './property-forms.js';
import { RawForm } from './raw-form.js';
import { LastOutcome, SentCommands } from './sent-commands.js';
import { controlWords } from './words.js';

const NONE = [] as const;

/** Commands for a board, by its thing model and control mode. */
export function ControlPanel({ board }: { board: Board }): JSX.Element {
  const world = useWorld();
  const { data: model, error, reload } = useProductModel(board.productKey);
  const values = useLoaded(() => world.boards.wantProperties(board), [board, world.live.connections.value]);
  const log = CommandLog.of(board);
  const send = (params: Record<string, unknown>, waits: boolean): void => {
    if (log.hasRoom) void log.send(world, params, waits);
    else say(controlWords().noRoom, true);
  };
  const forms = model && commandForms(model);
  return (
    <div class="control">
      <Problem error={error} onRetry={() => void reload()} />
      {model === undefined && error === undefined && <p role="status">{common().loading}</p>}
      {model && forms && <Commands key={board.id} board={board} model={model} forms={forms} log={log} onSend={send} />}
      <div class="stack">
        <Problem error={values.error} onRetry={() => void values.reload()} />
        <CurrentValues board={board} properties={model?.properties ?? NONE} />
        {forms?.nothing === undefined && (
          <SentCommands log={log} onAgain={({ params, waits }) => send(params, waits)} />
        )}
      </div>
    </div>
  );
}

function Commands(props: {
  board: Board;
  model: ProductModel;
  forms: CommandForms;
  log: CommandLog;
  onSend: (params: Record<string, unknown>, waits: boolean) => void;
}): JSX.Element {
  const { board, model, forms, log, onSend } = props;
  const words = controlWords();
  const [waits, setWaits] = useState(true);
  return (
    <section class="stack" aria-labelledby="control-commands">
      <h2 id="control-commands">{words.commands}</h2>
      {forms.nothing !== undefined && (
        <p class="card">{forms.nothing === 'readonly' ? words.readonly : words.noOutputs}</p>
      )}
      {forms.nothing === undefined && (
        <>
          {model.channels === undefined && <p class="card">{words.undefinedProduct}</p>}
          <Condition board={board} waits={waits} />
          <Switch label={words.wait(WAIT_MS / 1_000)} on={waits} onChange={setWaits} />
          <LastOutcome log={log} />
          <Forms board={board} forms={forms} onSend={(params) => onSend(params, waits)} />
        </>
      )}
    </section>
  );
}

function Forms(props: {
  board: Board;
  forms: CommandForms;
  onSend: (params: Record<string, unknown>) => void;
}): JSX.Element {
  const { board, forms, onSend } = props;
  return (
    <div class="card control-forms">
      {forms.properties.length > 0 && <PropertyForms board={board} properties={forms.properties} onSend={onSend} />}
      <ActionForms forms={forms} onSend={onSend} />
      <RawForm onSend={onSend} />
    </div>
  );
}

/** Why a command will not arrive now. */
function Condition({ board, waits }: { board: Board; waits: boolean }): JSX.Element | null {
  const words = controlWords();
  switch (board.status.value) {
    case 'online':
      return null;
    case 'offline':
      return (
        <p class="control-condition">
          {words.offline} {waits && words.offlineWait(WAIT_MS / 1_000)}
        </p>
      );
    case 'inactive':
      return <p class="control-condition">{words.inactive}</p>;
    case 'disabled':
      return <p class="control-condition">{words.disabled}</p>;
  }
}
