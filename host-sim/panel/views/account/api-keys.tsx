import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import { dayTime } from '../../i18n/time.js';
import type { Page } from '../../net/api.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { confirmed } from '../../ui/confirm.js';
import { Field } from '../../ui/field.js';
import { FormDialog } from '../../ui/form-dialog.js';
import { OnceDialog } from '../../ui/once-dialog.js';
import { Pager } from '../../ui/pager.js';
import { Problem } from '../../ui/problem.js';
import { type Column, Table } from '../../ui/table.js';
import { attempt, copyText } from '../../ui/toasts.js';
import { accountWords } from './account-words.js';

interface ApiKey {
  readonly keyId: string;
  readonly description: string;
  readonly createdAt: string;
}

/** As it is told once. */
interface NewApiKey {
  readonly apiKey: string;
  readonly apiSecret: string;
}

const SIZE = 10;

/** The API keys of who is signed in. */
export function ApiKeys(): JSX.Element {
  const { api } = useWorld();
  const words = accountWords();
  const [page, setPage] = useState(1);
  const [isCreating, setCreating] = useState(false);
  const [made, setMade] = useState<NewApiKey | undefined>(undefined);
  const { data, error, reload } = useLoaded(
    (signal) => api.get<Page<ApiKey>>('/users/api-keys', { page, size: SIZE }, signal),
    [page],
  );
  const nameOf = ({ keyId, description }: ApiKey): string => (description === '' ? keyId : plain(description));
  const remove = async (key: ApiKey): Promise<void> => {
    const text = words.deleteText(nameOf(key));
    if (!(await confirmed({ title: words.deleteTitle, text, deed: common().delete }))) return;
    await attempt(() => api.delete(`/users/api-keys/${encodeURIComponent(key.keyId)}`), words.deleted);
    await reload();
  };

  const columns: readonly Column<ApiKey>[] = [
    {
      title: words.description,
      isName: true,
      cell: ({ keyId, description }) => (
        <div>
          {description === '' ? <span class="quiet">{words.noDescription}</span> : plain(description)}
          <div class="note">{keyId}</div>
        </div>
      ),
    },
    { title: words.created, cell: ({ createdAt }) => dayTime(createdAt) },
    {
      title: words.actions,
      cell: (key) => (
        <button
          type="button"
          class="button small"
          aria-label={words.deleteOf(nameOf(key))}
          onClick={() => void remove(key)}
        >
          {common().delete}
        </button>
      ),
    },
  ];
  return (
    <section class="stack" aria-labelledby="api-keys">
      <div class="row section-head">
        <h2 id="api-keys">{words.keys}</h2>
        <button type="button" class="button" onClick={() => setCreating(true)}>
          {words.create}
        </button>
      </div>
      <p class="quiet">{words.keysHint}</p>
      <Problem error={error} onRetry={reload} />
      {data && (
        <Table
          caption={words.keys}
          columns={columns}
          rows={data.list}
          keyOf={({ keyId }) => keyId}
          empty={words.noKeys}
        />
      )}
      {data && data.total > SIZE && (
        <Pager label={words.keys} page={page} size={SIZE} total={data.total} onPage={setPage} />
      )}
      {isCreating && (
        <NewKeyForm
          onMade={(key) => {
            setMade(key);
            void reload();
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {made && <NewKey of={made} onClose={() => setMade(undefined)} />}
    </section>
  );
}

function NewKeyForm({ onMade, onClose }: { onMade: (key: NewApiKey) => void; onClose: () => void }): JSX.Element {
  const { api } = useWorld();
  const words = accountWords();
  const [description, setDescription] = useState('');
  return (
    <FormDialog
      title={words.create}
      deed={words.createDeed}
      fields={['description']}
      onSubmit={async () => onMade(await api.post<NewApiKey>('/users/api-keys', { description }))}
      onClose={onClose}
    >
      {(faultOf) => (
        <Field
          label={words.description}
          value={description}
          onInput={setDescription}
          maxLength={256}
          autocomplete="off"
          hint={words.createHint}
          fault={faultOf('description')}
        />
      )}
    </FormDialog>
  );
}

function NewKey({ of: { apiKey, apiSecret }, onClose }: { of: NewApiKey; onClose: () => void }): JSX.Element {
  const words = accountWords();
  return (
    <OnceDialog title={words.newKey} secret={`X-API-Key: ${apiKey}\nX-API-Secret: ${apiSecret}`} onClose={onClose}>
      <p class="quiet">{words.newKeyHint}</p>
      <div class="row">
        <button type="button" class="button small" onClick={() => void copyText(apiKey)}>
          {words.copyKey}
        </button>
        <button type="button" class="button small" onClick={() => void copyText(apiSecret)}>
          {words.copySecret}
        </button>
      </div>
    </OnceDialog>
  );
}
