import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import type { Api } from '../../net/api.js';
import { sentenceOf } from '../../net/api-error.js';
import type { Device } from '../../state/device.js';
import { eachOf, type Outcome } from '../../state/each-of.js';
import type { Project } from '../../state/project.js';
import { useWorld } from '../../state/use-world.js';
import { Dialog } from '../../ui/dialog.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { type BulkKind, bulkWords } from './bulk-words.js';
import { ProjectChoice, projectOf } from './project-choice.js';

/** Names that a question or a result lists. */
const MOST_NAMES = 10;

/** What is under way, or came of it. */
interface Course {
  readonly total: number;
  readonly tried: number;
  readonly outcome?: Outcome<Device>;
}

/**
 * Does the same to several devices: one question, then how far it is, then what came of it.
 * @param onDone with what is no longer to be done
 */
export function BulkDialog(props: {
  kind: BulkKind;
  devices: readonly Device[];
  projects: readonly Project[];
  onDone: (done: readonly Device[]) => void;
  onClose: () => void;
}): JSX.Element {
  const { kind, devices, projects, onDone, onClose } = props;
  const { api, boards } = useWorld();
  const words = bulkWords();
  const [wish, setWish] = useState({ projectId: projects[0]?.projectId ?? '', newName: '' });
  const [course, setCourse] = useState<Course | undefined>(undefined);
  /** The project that they are moved to. */
  const target = useRef('');
  const abort = useRef(new AbortController());
  useEffect(() => () => abort.current.abort(), []);

  const run = async (): Promise<void> => {
    const total = devices.length;
    setCourse({ total, tried: 0 });
    const outcome = await eachOf(
      devices,
      async (device) => {
        await changeOne(api, kind, device, target.current);
        if (kind === 'delete') boards.gone(device.deviceId);
      },
      (tried) => setCourse({ total, tried }),
      abort.current.signal,
    );
    setCourse({ total, tried: total - outcome.left.length, outcome });
    if (kind !== 'delete') void boards.refresh();
    onDone(outcome.done);
  };

  if (course) {
    const onStop = (): void => abort.current.abort();
    return <CourseDialog kind={kind} course={course} onStop={onStop} onClose={onClose} />;
  }
  return (
    <FormDialog
      title={words.titles[kind](devices.length)}
      deed={words.deeds[kind]}
      isDanger={kind === 'delete' || kind === 'disable'}
      fields={['projectId', 'projectName']}
      onSubmit={async () => {
        if (kind === 'move') target.current = await projectOf(api, wish);
      }}
      onDone={() => void run()}
      onClose={onClose}
    >
      {(faultOf) => (
        <>
          <p>{words.texts[kind]}</p>
          <Names devices={devices} />
          {kind === 'move' && <ProjectChoice projects={projects} wish={wish} onWish={setWish} faultOf={faultOf} />}
        </>
      )}
    </FormDialog>
  );
}

function changeOne(api: Api, kind: BulkKind, { deviceId }: Device, projectId: string): Promise<unknown> {
  const path = `/devices/${encodeURIComponent(deviceId)}`;
  if (kind === 'delete') return api.delete(path);
  if (kind === 'move') return api.put(path, { projectId });
  return api.put(path, { status: kind === 'disable' ? 'disabled' : 'offline' });
}

function Names({ devices }: { devices: readonly Device[] }): JSX.Element {
  const rest = devices.length - MOST_NAMES;
  return (
    <ul class="bulk-names">
      {devices.slice(0, MOST_NAMES).map(({ deviceId, name }) => (
        <li key={deviceId}>{plain(name)}</li>
      ))}
      {rest > 0 && <li>{bulkWords().more(rest)}</li>}
    </ul>
  );
}

function CourseDialog(props: { kind: BulkKind; course: Course; onStop: () => void; onClose: () => void }): JSX.Element {
  const { kind, course, onStop, onClose } = props;
  const { total, tried, outcome } = course;
  const words = bulkWords();
  return (
    <Dialog title={words.deeds[kind]} onClose={outcome ? onClose : onStop}>
      <div class="stack">
        <progress class="bulk-progress" value={tried} max={total} aria-label={words.deeds[kind]} />
        <div role="status">{outcome ? <Result kind={kind} outcome={outcome} /> : words.progress(tried, total)}</div>
      </div>
      <footer>
        {outcome ? (
          <button type="button" class="button primary" onClick={onClose}>
            {common().close}
          </button>
        ) : (
          <button type="button" class="button" onClick={onStop}>
            {words.stop}
          </button>
        )}
      </footer>
    </Dialog>
  );
}

function Result({ kind, outcome }: { kind: BulkKind; outcome: Outcome<Device> }): JSX.Element {
  const { done, failed, left } = outcome;
  const words = bulkWords();
  return (
    <>
      <p>{words.done[kind](done.length)}</p>
      {failed.length > 0 && (
        <>
          <p>{words.failed(failed.length)}</p>
          <ul class="bulk-names">
            {failed.map(({ item, error }) => (
              <li key={item.deviceId}>
                {plain(item.name)}: {sentenceOf(error)}
              </li>
            ))}
          </ul>
        </>
      )}
      {left.length > 0 && <p>{words.left(left.length)}</p>}
    </>
  );
}
