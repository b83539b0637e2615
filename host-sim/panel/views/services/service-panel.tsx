import './services.css';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Board } from '../../state/board.js';
import { Field } from '../../ui/field.js';
import { AskValues } from './ask-values.js';
import { BoardLog } from './board-log.js';
import { CallList } from './call-list.js';
import { FirmwareServices } from './firmware-panel.js';
import { OtherService } from './other-service.js';
import { useCalls } from './use-calls.js';
import { serviceWords } from './words.js';

/** The services of a board, called from afar. */
export function ServicePanel({ board }: { board: Board }): JSX.Element {
  const device = board.device.value;
  if (!device) return <p class="empty">{serviceWords().notActivated}</p>;
  return <Services key={device.deviceId} board={board} deviceId={device.deviceId} />;
}

function Services({ board, deviceId }: { board: Board; deviceId: string }): JSX.Element {
  const words = serviceWords();
  const [seconds, setSeconds] = useState('10');
  const waitMs = Math.round(Math.min(60, Math.max(0.1, Number(seconds) || 10)) * 1_000);
  const { list, call } = useCalls(deviceId, waitMs);
  return (
    <div class="services">
      <div class="stack">
        <AskValues board={board} onCall={call} />
        <FirmwareServices board={board} onCall={call} />
        <OtherService onCall={call} />
      </div>
      <div class="stack">
        <Field label={words.wait} type="number" min={1} max={60} step={1} value={seconds} onInput={setSeconds} />
        <CallList calls={list} />
        <BoardLog deviceId={deviceId} />
      </div>
    </div>
  );
}
