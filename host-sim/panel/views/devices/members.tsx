import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { common } from '../../i18n/common.js';
import { plain } from '../../i18n/plain.js';
import { faultsOf } from '../../net/faults.js';
import { useDeed } from '../../state/use-deed.js';
import { useLoaded } from '../../state/use-loaded.js';
import { useWorld } from '../../state/use-world.js';
import { confirmed } from '../../ui/confirm.js';
import { Field } from '../../ui/field.js';
import { Problem } from '../../ui/problem.js';
import { Table } from '../../ui/table.js';
import { attempt } from '../../ui/toasts.js';
import { projectWords } from './project-words.js';

interface Member {
  readonly userId: number;
  readonly username: string;
  readonly role: 'owner' | 'member';
}

/** Who shares a project; its owner says who. @param path of the project, below the API */
export function MemberSection({ path, isOwner }: { path: string; isOwner: boolean }): JSX.Element {
  const { api, session } = useWorld();
  const words = projectWords();
  const [username, setUsername] = useState('');
  const adding = useDeed();
  const faults = faultsOf(adding.error, ['username']);
  const members = useLoaded(
    (signal) => api.get<{ readonly list: readonly Member[] }>(`${path}/members`, {}, signal),
    [path],
  );
  const add = async (): Promise<void> => {
    const isDone = await adding.run(() => api.post(`${path}/members`, { username }));
    if (!isDone) return;
    setUsername('');
    await members.reload();
  };
  const remove = async (member: Member): Promise<void> => {
    const name = plain(member.username);
    const question = { title: words.removeTitle(name), text: words.removeText, deed: words.remove };
    if (!(await confirmed(question))) return;
    const call = { method: 'DELETE', body: { username: member.username } } as const;
    if (await attempt(() => api.call(`${path}/members`, call), words.removed(name))) await members.reload();
  };
  const mayRemove = ({ role, userId }: Member): boolean =>
    role !== 'owner' && (isOwner || userId === session.user.value?.userId);
  return (
    <section class="stack">
      <h2>{words.members}</h2>
      <Problem error={members.error} onRetry={() => void members.reload()} />
      {members.data && (
        <Table
          caption={words.members}
          rows={members.data.list}
          keyOf={({ userId }) => userId}
          empty={words.nobody}
          columns={[
            { title: common().name, isName: true, cell: (member) => plain(member.username) },
            { title: words.part, cell: ({ role }) => words.roles[role] },
            {
              title: words.remove,
              cell: (member) =>
                mayRemove(member) && (
                  <button
                    type="button"
                    class="button small"
                    aria-label={words.removeOne(plain(member.username))}
                    onClick={() => void remove(member)}
                  >
                    {words.remove}…
                  </button>
                ),
            },
          ]}
        />
      )}
      {isOwner && (
        <form
          class="one-line"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <Field
            label={words.user}
            value={username}
            onInput={setUsername}
            hint={words.userHint}
            autocomplete="off"
            maxLength={254}
            required
            fault={faults.of('username')}
          />
          <button type="submit" class="button primary" disabled={adding.isBusy}>
            {words.addMember}
          </button>
          <Problem error={faults.other} />
        </form>
      )}
    </section>
  );
}
